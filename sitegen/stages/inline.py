"""markdown-it's inline parser, asking at each character only the rules that could match there.

The rules are the library's own and give the same tokens; it merely no longer calls each of them at every character.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.parser_inline import _DEFAULT_TERMINATORS, ParserInline, RuleFuncInlineType
from markdown_it.rules_core.normalize import normalize
from markdown_it.rules_core.state_core import StateCore
from markdown_it.rules_core.text_join import text_join
from markdown_it.rules_inline.state_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from sitegen.stages.lifting import keep_links_flat
from sitegen.stages.plain import Scanner
from sitegen.stages.tags import goes_on_as_link, link_ends_below, plain_tags
from sitegen.stages.tokens import InlineState, PlainToken

_LINK = re.compile(r"</?a[\s/>]", re.IGNORECASE)
MAX_READ = 8_000_000  # characters of a note, those read several times counted so often; ten seconds or so

# The characters at which each known rule can match; a rule that is not listed is asked at all of them.
TRIGGERS = {
    "text": "",
    "linkify": ":",
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "footnote_inline": "^",
    "footnote_ref": "[",
    "wikilink": "[!",
    "highlight": "=",
    "tag": "#",
    "stamp_brackets": "[",
    "stamp_anchor": "<",
    "math": "$",
    "comment": "%",
}


class DispatchingParser(ParserInline):
    """The table is made when the first text is parsed, so all plugins must be in by then."""

    def __init__(self, stock: ParserInline) -> None:
        self.__dict__.update(stock.__dict__)
        self._table: dict[str, tuple[RuleFuncInlineType, ...]] = {}
        self._stop = re.compile("")
        self.scanner: Scanner | None = None  # of plain text; None where rules are active that are not known here

    def _make_table(self) -> None:
        names = self.ruler.get_active_rules()
        rules = dict(zip(names, self.ruler.getRules(""), strict=True))
        known = {c for name in names for c in TRIGGERS.get(name, "")}
        if any(name not in TRIGGERS for name in names):
            known |= _DEFAULT_TERMINATORS | self._extra_terminator_chars
        else:
            self.scanner = Scanner(known)
        for character in known:
            asked = (rules[name] for name in names if name not in TRIGGERS or character in TRIGGERS[name])
            self._table[character] = tuple(asked)
        self._stop = re.compile("[" + re.escape("".join(sorted(known | {"]"}))) + "]")

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of the text from ``state.pos`` to ``state.posMax``."""
        if not self._table:
            self._make_table()
        src, end, table, stop = state.src, state.posMax, self._table, self._stop
        _charge(state)
        deepest = state.md.options["maxNesting"]
        while (pos := state.pos) < end:
            asked = table.get(src[pos])
            if asked is not None and state.level < deepest:
                for rule in asked:
                    if rule(state, False):
                        break
                else:
                    asked = None
                if asked is not None:
                    continue
            match = stop.search(src, pos + 1, end)
            state.pos = match.start() if match else end
            state.append_pending(src[pos : state.pos])
        if state.pending:
            state.pushPending()

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Make the tokens of one run of text. Where nothing could be emphasis, nothing has to be paired afterwards."""
        if not self._table:
            self._make_table()
        if self._stop.search(src) is None:
            token = PlainToken("text", "", 0)
            token.content = src
            tokens.append(token)
            return tokens
        state = InlineState(src, md, env, tokens)
        if "within" in env:
            state.linkLevel = 1
        self.tokenize(state)
        if state.delimiters or state.nested_delimiters:
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def ready_scanner(self) -> Scanner | None:
        """`scanner`, once the rules are known."""
        if not self._table:
            self._make_table()
        return self.scanner

    def skipToken(self, state: StateInline) -> None:
        """Step over one token without making it."""
        pos, cache = state.pos, state.cache
        if pos in cache:
            state.pos = cache[pos]
            return
        if not self._table:
            self._make_table()
        asked = self._table.get(state.src[pos])
        found = False
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif asked is not None:
            for rule in asked:
                state.level += 1
                found = rule(state, True)
                state.level -= 1
                if found:
                    break
        if not found and state.pos < state.posMax:
            match = self._stop.search(state.src, pos, state.posMax)
            text_end = match.start() if match else state.posMax
            state.pos = max(text_end, pos + 1)  # a character that could have begun something is a step of its own
        cache[pos] = state.pos


def _charge(state: StateInline) -> None:
    """Bound the work of one note by what is counted, not by a clock: the same note is refused on every machine.

    Marks within marks are read once for each mark around them. ``maxNesting`` bounds that to some tens of times, which
    is nothing for a note of ordinary size and minutes for one of millions of characters.
    """
    read = state.env.get("read", 0) + state.posMax - state.pos
    if read > MAX_READ:
        raise ValueError("its marks are nested so deep in each other that reading them all takes too long")
    state.env["read"] = read


def inline(state: StateCore) -> None:
    """The library's rule that parses all runs of text, save those that are plain: what they hold is put beside them.

    A title is not looked at that way, since it may be taken out of the text. Where raw HTML above began a link that ends
    further below, all is text of that link.
    """
    parser, md, env, tokens = state.md.inline, state.md, state.env, state.tokens
    scanner = parser.ready_scanner() if isinstance(parser, DispatchingParser) else None
    video = bool(env.get("video")) and not env.get("references")  # with references, brackets may be links
    for index, token in enumerate(tokens):
        if token.type != "inline":
            if token.type == "html_block":
                _enter_link(state, token)
            continue
        if "within" in env:
            _parse_within(parser, state, token)
            continue
        if scanner is not None and tokens[index - 1].tag != "h1":
            signs = scanner(token.content, video=video)
            if signs is not None:
                token.meta["plain"] = signs
                continue
        if token.children is None:
            token.children = []
        parser.parse(token.content, md, env, token.children)
    env.pop("within", None)


def _enter_link(state: StateCore, block: Token) -> None:
    """Note whether what follows a block of raw HTML stands in a link that it began."""
    html = plain_tags(block.content) if "<" in block.content else ""
    if _LINK.search(html) is None:
        return
    if "lines" not in state.env:
        state.env["lines"] = state.src.split("\n")
    if goes_on_as_link(html) and block.map and link_ends_below(state.env["lines"], block.map[1]):
        state.env["within"] = True
    else:
        state.env.pop("within", None)


def _parse_within(parser: ParserInline, state: StateCore, token: Token) -> None:
    """Make the tokens of a run of text in a link, in which nothing else is one."""
    token.children = []
    token.meta["within"] = True
    parser.parse(token.content, state.md, state.env, token.children)
    keep_links_flat(token.children, token.content, depth=1)
    if any(child.type == "html_inline" and _LINK.match(child.content) for child in token.children):
        del state.env["within"]


def normalize_ends(state: StateCore) -> None:
    """The library's rule for other line ends and zero bytes, where there are any."""
    if "\r" in state.src or "\x00" in state.src:
        normalize(state)


def join_text(state: StateCore) -> None:
    """The library's rule that joins escaped characters with the text around them, where there can be any."""
    if "\\" in state.src or "&" in state.src:
        text_join(state)
