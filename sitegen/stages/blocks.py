"""markdown-it's block parser, asking at each line only the rules that could match there.

The rules are the library's own and give the same tokens, save that for lists and the paragraphs of one line, which most of a
note is: they are read in `lines`, where no rule needs to be asked about them.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.rules_block import StateBlock, hr, list_block
from markdown_it.token import Token
from markdown_it.utils import EnvType

from sitegen.stages.lines import is_one_line, push_paragraph, read_list
from sitegen.stages.tokens import BlockState

# The characters a line must begin with for each known rule; None: any. A rule that is not listed is always asked.
FIRST = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "reference": "[",
    "footnote_def": "[",
    "html_block": "<",
    "heading": "#",
    "math_block": "$",
}
_SPECIAL = frozenset("".join(FIRST.values()))
_MAX_LOOKED_AHEAD = 100_000  # lines; a second or two


class DispatchingBlocks(ParserBlock):
    """The table is made when the first text is parsed, so all plugins must be in by then."""

    def __init__(self, stock: ParserBlock) -> None:
        self.__dict__.update(stock.__dict__)
        self._table: dict[str, tuple[RuleFuncBlockType, ...]] = {}
        self._others: tuple[RuleFuncBlockType, ...] = ()
        self._knows_lines = False

    def _make_table(self) -> None:
        names = self.ruler.get_active_rules()
        rules = dict(zip(names, self.ruler.getRules(""), strict=True))
        known = {*FIRST, "table", "code", "lheading", "paragraph"}
        self._knows_lines = known - {"math_block"} <= set(names) <= known
        if self._knows_lines and rules["list"] is list_block and rules["hr"] is hr:
            rules["list"] = read_list
        for character in _SPECIAL:
            self._table[character] = tuple(rules[name] for name in names if character in FIRST.get(name, character))
        self._others = tuple(rules[name] for name in names if name not in FIRST)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        """Make tokens of the lines from ``startLine`` up to ``endLine``; the counterpart of the library's loop."""
        if not self._table:
            self._make_table()
        line, empty_lines = startLine, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= state.md.options.maxNesting:
                # the library would leave out the rest of the note, without a word
                raise ValueError(f"its blocks are nested more than {state.md.options.maxNesting} deep")
            first = state.bMarks[line] + state.tShift[line]
            character = state.src[first]
            if (
                self._knows_lines
                and not state.is_code_block(line)
                and is_one_line(state, line, first, state.blkIndent, state.listIndent)
            ):
                push_paragraph(state, line, first)
                state.line = line + 1
            else:
                for rule in self._table.get(character, self._others):
                    if rule(state, line, endLine, False):
                        break
                if character == ">":
                    _charge_quote(state, endLine)
            state.tight = not empty_lines
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                empty_lines = True
            if line < endLine and state.isEmpty(line):
                empty_lines = True
                line += 1
                state.line = line

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token] | None:
        """Make the tokens of a note's blocks."""
        if not src:
            return None
        state = BlockState(src, md, env, outTokens)
        self.tokenize(state, state.line, state.lineMax)
        return state.tokens


def _charge_quote(state: StateBlock, end: int) -> None:
    """Bound the work of quotes that end early: the library has looked at all lines up to a blank one, and will again."""
    line = state.line
    if line >= end or any(rule(state, line, end, True) for rule in state.md.block.ruler.getRules("blockquote")):
        return  # it ended where a new block begins, and nothing beyond was looked at
    while line < end and not state.isEmpty(line):
        line += 1
    state.env["looked_ahead"] = state.env.get("looked_ahead", 0) + line - state.line
    if state.env["looked_ahead"] > _MAX_LOOKED_AHEAD:
        raise ValueError("too many of its quotes run into the text after them")
