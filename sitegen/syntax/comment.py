"""``%%comments%%``: taken out of a note's text before Markdown sees it, so that nothing can show them.

Lines keep their numbers, and stay in the quote or list item they are in. Code and formulas keep their percent signs.
An unclosed comment hides the rest, as in Obsidian.
Where this reading of code and Markdown's own differ, what Markdown takes for text loses its comments all the same
(`comment`, an inline rule), so that a mistake here never shows one.
Source: the Obsidian help page "Basic formatting syntax", section "Comments".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from sitegen.syntax.math import DISPLAY, INLINE

# Fenced code: in a quote it ends with the quote, in a list item (or as far to the right as one) with the item.
_MARKERS = r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)"


def _fence(name: str, before: str, line: str) -> str:
    """Code that begins after ``before``; each of its lines begins like ``line``."""
    end = rf"[ \t>]*(?P={name})[`~]*[ \t]*$"
    return (
        rf"^{before}(?P<{name}>`{{3,}}(?=[^`\n]*$)|~{{3,}})[^\n]*"
        rf"(?:\n(?!{end}){line}[^\n]*)*(?:\n{end})?"
    )


_FENCE = re.compile(
    "|".join(
        (
            _fence("quoted", rf"[ \t]*>[ \t>]*{_MARKERS}*", r"[ \t]*>"),
            _fence("listed", rf"(?:[ \t]*{_MARKERS}+|[ \t]{{4,}})", r"(?:[ \t]|$)"),
            _fence("plain", r"[ ]{0,3}", ""),
        )
    ),
    re.MULTILINE,
)
_SIGN = re.compile(r"\\[\s\S]|`+|(?<!%)%%(?!%)|\$|\n")
_END = re.compile(r"(?<!%)%%(?!%)")
_ALL = re.compile(r"(?<!%)%%(?!%)(?:[^%]|%(?!%)|%%%+)*(?:%%(?!%)|\Z)")
_RUN = re.compile(r"`+")
_BLANK = re.compile(r"\n[ \t>]*(?=\n|\Z)")
# What ends a paragraph, and with it a code span: a blank line, and a line that begins something else.
_BOUNDARY = re.compile(
    r"\n(?=[ \t>]*(?:\n|\Z|#{1,6}[ \t\n]|```|~~~|(?:[-*+]|\d{1,9}[.)])[ \t]|(?:\*[ \t]*){3,}$|(?:-[ \t]*){3,}$|(?:_[ \t]*){3,}$|\|))",
    re.MULTILINE,
)
_ONE_LINE = re.compile(r"[ \t>]*(?:#{1,6}[ \t]|\|)")  # a heading, a row of a table
_ITEM = re.compile(rf"[ \t>]*{_MARKERS}")
_PLACE = re.compile(rf"((?:[ \t]*>)*)[ \t]*{_MARKERS}*")
_INDENTED = re.compile(r"(?: {4}|\t)[ \t]*\S")


def plugin(md: MarkdownIt) -> None:
    md.inline.ruler.before("escape", "comment", comment)


def comment(state: StateInline, silent: bool) -> bool:
    """The inline rule; what it finds leaves nothing."""
    match = _END.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    closing = _END.search(state.src, match.end(), state.posMax)
    state.pos = closing.end() if closing else state.posMax
    return True


def without_any_comment(html: str) -> str:
    """Raw HTML with every comment gone: what was taken for code before may have been its attributes."""
    return _ALL.sub("", html)


def without_comments(text: str) -> tuple[str, int]:
    """``text`` with every comment gone and every line break kept; and where the one begins that never ends, or -1."""
    if "%%" not in text:
        return text, -1
    scan = _Scan(text)
    return scan.result(), scan.unclosed


class _Scan:
    """One pass over a text: from line to line past code, from sign to sign within a line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.copied = 0  # how much of the text is in `out`, or was left out
        self.unclosed = -1  # where a comment begins that does not end
        self._item = 0  # how far the text of the list item is from the margin; 0 outside of lists
        self._paragraph = (-1, -1)  # where it begins and ends
        self._runs: dict[int, list[int]] = {}  # its runs of backticks, by length

    def result(self) -> str:
        text, pos, after_blank = self.text, 0, True
        while pos < len(text):
            fence = _FENCE.match(text, pos)
            if fence is not None:
                pos, after_blank = fence.end() + 1, False
                continue
            end = self._line_end(pos)
            if not text[pos:end].strip(" \t>"):
                pos, after_blank = end + 1, True
                continue
            if (item := _ITEM.match(text, pos)) is not None:
                self._item = item.end() - pos
            elif after_blank and text[pos] not in " \t":
                self._item = 0
            is_code = after_blank and not self._item and _INDENTED.match(text, pos)
            after_blank = bool(is_code)  # the next line may go on
            pos = end + 1 if is_code else self._line(pos)
        return "".join(self.out) + text[self.copied :]

    def _line(self, pos: int) -> int:
        """Go through a line of text, and on through those that a comment or a formula runs into; returns where the next begins."""
        text = self.text
        if not self._paragraph[0] <= pos < self._paragraph[1]:
            self._enter(pos)
        while (sign := _SIGN.search(text, pos)) is not None:
            pos = sign.end()
            if sign[0] == "\n":
                return pos
            if sign[0] == "%%":
                pos = self._leave_out(sign.start())
                if pos >= self._paragraph[1]:
                    self._enter(pos)
            elif sign[0][0] == "`":
                pos = self._after_code(sign)
            elif sign[0] == "$":
                pos = self._after_formula(sign.start())
            elif sign[0] == "\\\n":
                return pos
        return len(text)

    def _line_end(self, pos: int) -> int:
        end = self.text.find("\n", pos)
        return len(self.text) if end < 0 else end

    def _enter(self, pos: int) -> None:
        """Take note of the paragraph that ``pos`` is in."""
        if _ONE_LINE.match(self.text, pos):
            end = self._line_end(pos)
        else:
            boundary = _BOUNDARY.search(self.text, pos)
            end = boundary.start() if boundary else len(self.text)
        self._paragraph, self._runs = (pos, end), {}

    def _after_code(self, run: re.Match[str]) -> int:
        """The end of the code span that a run of backticks begins, or of the run where it begins none."""
        if not self._runs:
            found: dict[int, list[int]] = defaultdict(list)
            for other in _RUN.finditer(self.text, *self._paragraph):
                found[len(other[0])].append(other.start())
            self._runs = found
        length = len(run[0])
        same = self._runs.get(length, [])
        number = bisect_right(same, run.start())
        return same[number] + length if number < len(same) else run.end()

    def _after_formula(self, pos: int) -> int:
        """The end of the formula that begins here, or just past its dollar where there is none."""
        display = self.text.startswith("$$", pos)
        blank = _BLANK.search(self.text, pos) if display else None
        end = (blank.start() if blank else len(self.text)) if display else self._line_end(pos)
        match = (DISPLAY if display else INLINE).match(self.text, pos, end)
        return match.end() if match else pos + 1 + display

    def _leave_out(self, start: int) -> int:
        closing = _END.search(self.text, start + 2)
        if closing is None:
            self.unclosed = start
        end = closing.end() if closing else len(self.text)
        self.out += [self.text[self.copied : start], self._lines(start, end)]
        self.copied = end
        return end

    def _lines(self, start: int, end: int) -> str:
        """What stays of a comment: its line breaks, and of its lines' beginnings what keeps them in the quotes and the
        list item that it begins in."""
        breaks = self.text.count("\n", start, end)
        if not breaks:
            return ""
        place = _PLACE.match(self.text, self.text.rfind("\n", 0, start) + 1, start)
        assert place is not None
        marks, width = place[1].count(">"), len(place[0])
        if not marks:
            width = min(width, self._item)
        if not width:
            return "\n" * breaks
        inside = re.compile(rf"(?:[ \t]*>){{0,{marks}}}[ \t]*")
        kept = (match[0][:width] for line in self.text[start:end].split("\n")[1:] if (match := inside.match(line)))
        return "".join("\n" + beginning for beginning in kept)
