"""The built-in templates' code, kept where Python keeps that of this package's modules and written as it writes theirs.

It is as trusted as they are: whoever may write into ``__pycache__`` beside the code can change what every import runs.
Where Python keeps no bytecode (a folder of somebody else, PYTHONDONTWRITEBYTECODE), neither does this.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from importlib import import_module
from importlib.util import cache_from_source

from jinja2.bccache import bc_magic

from sitegen import words
from sitegen.model import Theme
from sitegen.stages import render, templates


def template_code(texts: Mapping[str, str], tag: str) -> dict[str, bytes]:
    """The code of these templates, the built-in ones, in the language of this tag; {} where it can neither be read nor kept."""
    language = words.words_of(tag).language
    try:
        path = f"{cache_from_source(templates.__file__).removesuffix('pyc')}{language}.jinja"
    except NotImplementedError:  # this Python keeps no bytecode
        return {}
    name = _name_of(texts, language)
    with suppress(OSError, EOFError, ValueError, TypeError), open(path, "rb") as file:
        if file.read(len(name)) == name:
            return dict(marshal.load(file))
    folder = os.path.dirname(path)
    if sys.dont_write_bytecode or not os.access(folder if os.path.isdir(folder) else os.path.dirname(folder), os.W_OK):
        return {}
    code = render.compiled(Theme(name.hex(), texts, {}, {}, {}), language)
    temporary = f"{path}.{os.getpid()}"
    with suppress(OSError):
        os.makedirs(folder, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(name + marshal.dumps(code))
        os.replace(temporary, path)
    return code


def _name_of(texts: Mapping[str, str], language: str) -> bytes:
    """What tells this program's code of these templates from any other: they, Jinja, Python, how they are compiled, and the
    words in them."""
    whole = blake2b(bc_magic + language.encode(), digest_size=16)
    for module in (render, templates, words, import_module(f"{words.__name__}.{language}")):
        status = os.stat(module.__file__ or "")
        whole.update(f"{status.st_size} {status.st_mtime_ns}\0".encode())
    for name, text in sorted(texts.items()):
        whole.update(f"{name}\0{text}\0".encode("utf-8", "surrogatepass"))
    return whole.digest()
