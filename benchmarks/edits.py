"""Random edits of a vault, as writers, editors and file managers make them: the same ones for the same seed."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path


class Edits:
    """Edits the vault in a folder, one at a time. ``last`` is the note that was written last, with a word that stands in it."""

    def __init__(self, vault: Path, seed: int) -> None:
        self._vault, self._chance = vault, random.Random(seed)
        self.count = 0
        self.last: tuple[Path, str] | None = None
        self._notes = sorted(path for path in vault.rglob("*.md") if not any(p.startswith(".") for p in path.parts[1:]))

    def one(self) -> str:
        """Make one edit; returns what it was."""
        self.count += 1
        kinds = (
            (self._prose, 10),
            (self._link, 4),
            (self._front_matter, 3),
            (self._new, 2),
            (self._delete, 2),
            (self._rename, 2),
            (self._move, 1),
            (self._rename_folder, 1),
        )
        edit = self._chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        edit()
        return edit.__name__.strip("_")

    # ---- kinds of edits --------------------------------------------------------------------------------

    def _prose(self) -> None:
        note, text = self._any()
        if text.count("\n") > 300:  # or the notes would grow for as long as this goes on
            text = "\n".join(text.split("\n")[:100])
        self._save(note, f"{text}\nMore words.")

    def _link(self) -> None:
        note, text = self._any()
        target = self._chance.choice(self._notes).stem
        kind = self._chance.choice(("[[{}]]", "![[{}]]", "[[{}#Heading|label]]", "[[{} that is not]]"))
        lines = [line for line in text.split("\n") if not line.startswith("It cites ")]
        self._save(note, "\n".join([*lines, f"It cites {kind.format(target)}."]))

    def _front_matter(self) -> None:
        note, text = self._any()
        body = text.partition("\n---\n")[2] if text.startswith("---\n") else text
        fields = [
            f"title: Title {self._chance.randrange(1000)}",
            f"aliases: [Alias {self._chance.randrange(50)}]",
            f"tags: [tag{self._chance.randrange(30)}, other/tag{self._chance.randrange(5)}]",
            f"draft: {self._chance.choice(('true', 'false', 'false'))}",
            "title: [broken\ndraft: perhaps",
            f"permalink: there/{self._chance.randrange(20)}.html",
        ]
        chosen = self._chance.sample(fields, self._chance.randrange(3))
        self._save(note, "\n".join(["---", *chosen, "---", body]))

    def _new(self) -> None:
        folder = self._chance.choice(self._notes).parent
        if self._chance.random() < 0.3:
            folder = folder / f"Folder {self._chance.randrange(20)}"
        note = folder / f"Note {self._chance.randrange(200)}.md"
        if note not in self._notes:
            self._notes.append(note)
        self._save(note, f"# A note\n\nIt links to [[{self._chance.choice(self._notes).stem}]].\n")

    def _delete(self) -> None:
        if len(self._notes) > 50:
            note = self._notes.pop(self._chance.randrange(len(self._notes)))
            note.unlink()
            self._forget(note)

    def _rename(self) -> None:
        note = self._chance.choice(self._notes)
        name = self._chance.choice((note.stem.upper(), f"Renamed {self._chance.randrange(100)}", note.stem + " 2"))
        self._moved(note, note.with_name(f"{name[:60]}.md"))

    def _move(self) -> None:
        note, other = self._chance.choice(self._notes), self._chance.choice(self._notes)
        self._moved(note, other.parent / note.name)

    def _rename_folder(self) -> None:
        folders = sorted({note.parent for note in self._notes} - {self._vault})
        if not folders:
            return
        folder = self._chance.choice(folders)
        target = folder.with_name(f"Folder {self._chance.randrange(20)}")
        if target.exists():
            return
        folder.rename(target)
        self._notes = [target / note.relative_to(folder) if folder in note.parents else note for note in self._notes]
        if self.last is not None and folder in self.last[0].parents:
            self.last = (target / self.last[0].relative_to(folder), self.last[1])

    # ---- ways to write ---------------------------------------------------------------------------------

    def _any(self) -> tuple[Path, str]:
        note = self._chance.choice(self._notes)
        return note, note.read_text("utf-8")

    def _save(self, note: Path, text: str) -> None:
        note.parent.mkdir(parents=True, exist_ok=True)
        word = f"edit{self.count}x"
        text = "\n".join(line for line in text.split("\n") if not line.startswith("Word: ")) + f"\n\nWord: {word}\n"
        way = self._chance.randrange(4)
        if way == 0:
            note.write_text(text, "utf-8")
        elif way == 1:
            temporary = note.with_name(f".{note.name}.tmp")
            temporary.write_text(text, "utf-8")
            os.replace(temporary, note)
        elif way == 2 and note.exists():
            backup = note.with_name(note.name + "~")
            note.rename(backup)
            note.write_text(text, "utf-8")
            backup.unlink()
        else:
            with note.open("w", encoding="utf-8") as file:
                file.write(text[: len(text) // 2])
                file.flush()
                file.write(text[len(text) // 2 :])
        self.last = (note, word)

    def _moved(self, note: Path, target: Path) -> None:
        if target.exists() and target not in (note,):
            return
        shutil.move(note, target)
        self._notes[self._notes.index(note)] = target
        if self.last is not None and self.last[0] == note:
            self.last = (target, self.last[1])

    def _forget(self, note: Path) -> None:
        if self.last is not None and self.last[0] == note:
            self.last = None
