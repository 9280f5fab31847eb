"""The words of the interface in the site's language, and how that language writes numbers and days.

The other modules here are made of translations/*.po by `make words` (scripts/words.py): one a language, plain Python, so
that a build needs neither Babel nor a file. English is what the code says; a language without words here is shown in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from gettext import c2py
from importlib import import_module
from typing import Any

LANGUAGES = ("ar", "de", "en", "es", "fr", "ja", "zh")
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ps sd syr ug ur yi".split())
_CONTEXT = "\4"  # between context and text, as gettext has it


class Words:
    """One language's words. Texts are looked up as the code says them, and taken as they are where they are unknown.

    In a text ``%(name)s`` stands for the value of that name, whole numbers as `figure` writes them. All of it is plain text;
    `markup` has the same for templates.
    """

    def __init__(self, module: Any) -> None:
        self.language: str = module.LANGUAGE
        self.script = f"words/{self.language}.js" if self.language != "en" else ""
        self._messages: Mapping[str, str | tuple[str, ...]] = module.MESSAGES
        self._plural: Callable[[int], int] = c2py(module.PLURAL)
        self._group, self._least = module.GROUP
        self._day, self._month, self._months = module.DAY, module.MONTH, module.MONTHS

    def gettext(self, text: str, /, **values: object) -> str:
        """The words for ``text``."""
        return self._put(self.found(text), values)

    def pgettext(self, context: str, text: str, /, **values: object) -> str:
        """The words for ``text`` where it means what ``context`` says."""
        return self._put(self.found(text, context), values)

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The words for ``one`` or ``many`` in the form that ``number`` asks for; it is the value ``num``."""
        return self._put(self.plural(one, many, number), {"num": number, **values})

    def plural(self, one: str, many: str, number: int) -> str:
        """The form itself, with nothing put into it."""
        forms = self._messages.get(one)
        if isinstance(forms, tuple):
            return forms[self._plural(number)]
        return one if number == 1 else many

    def figure(self, number: int) -> str:
        """``5253`` -> ``"5,253"``, or however the language writes it."""
        text = f"{number:,}"
        if len(text) < self._least:
            return text.replace(",", "")
        return text if self._group == "," else text.replace(",", self._group)

    def day(self, date: str) -> str:
        """``"2024-03-12"`` -> ``"12 March 2024"``; what is no such date stays as it is."""
        year, _, rest = date.partition("-")
        month, _, day = rest.partition("-")
        if not (year.isdecimal() and month.isdecimal() and day.isdecimal() and 1 <= int(month) <= 12):
            return date
        return str(self._day % {"y": int(year), "m": self._months[int(month) - 1], "d": int(day)})

    def month(self, month: str) -> str:
        """``"2024-03"`` -> ``"March 2024"``; what is no such month stays as it is."""
        year, _, number = month.partition("-")
        if not (year.isdecimal() and number.isdecimal() and 1 <= int(number) <= 12):
            return month
        return str(self._month % {"y": int(year), "m": self._months[int(number) - 1]})

    def found(self, text: str, context: str = "") -> str:
        """The words for a text, with nothing put into them."""
        found = self._messages.get(f"{context}{_CONTEXT}{text}" if context else text, text)
        return found if isinstance(found, str) else found[0]

    def _put(self, text: str, values: Mapping[str, object]) -> str:
        shown = {key: self.figure(v) if type(v) is int else v for key, v in values.items()}
        return text % shown if shown or "%%" in text else text

    def __reduce__(self) -> tuple[Callable[[str], Words], tuple[str]]:
        return words_of, (self.language,)


def markup(words: Words, html: Any) -> dict[str, Callable[..., Any]]:
    """The same functions by the names that templates call them by. ``html`` is markupsafe's type: texts and values are
    escaped as Jinja would, but for values that are HTML already."""
    escaped = html.escape

    def put(text: str, values: dict[str, Any]) -> Any:
        shown = {key: words.figure(v) if type(v) is int else str(escaped(v)) for key, v in values.items()}
        return html(str(escaped(text)) % shown)

    def gettext(text: str, /, **values: Any) -> Any:
        return put(words.found(text), values)

    def pgettext(context: str, text: str, /, **values: Any) -> Any:
        return put(words.found(text, context), values)

    def ngettext(one: str, many: str, number: int, /, **values: Any) -> Any:
        return put(words.plural(one, many, number), {"num": number, **values})

    return {"_": gettext, "gettext": gettext, "pgettext": pgettext, "ngettext": ngettext}


def noted(text: str) -> str:
    """``text`` itself: says that it is one to translate, where it is not yet known for whom."""
    return text


def noted_in(context: str, text: str) -> str:
    """The same of a text that means what ``context`` says."""
    return text


@lru_cache(maxsize=16)
def words_of(tag: str) -> Words:
    """The words for a language tag: ``de-AT`` -> German, ``zh-Hans`` and ``zh-TW`` -> Chinese (simplified), unknown -> English."""
    name = tag.replace("_", "-").partition("-")[0].lower()
    return Words(import_module(f"sitegen.words.{name if name in LANGUAGES else 'en'}"))


ENGLISH = words_of("en")


def direction(language: str) -> str:
    """The writing direction of a language tag, ``"rtl"`` or ``"ltr"``."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
