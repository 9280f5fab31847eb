"""How well stamps are read, on labelled stamps of the real notes; ``benchmarks/timestamps.py`` says what the labels are worth."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.timestamps import Note, Report, load, measure_made, measure_real

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tubegraph_vault: Path) -> Report:
    notes = load(tubegraph_vault)
    videos: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        videos[note.video].append(note)
    found = Report(0)
    measure_real(list(videos.values()), found)
    measure_made(notes, found)
    return found


def figures(report: Report, name: str, half: str = "held-out") -> tuple[float, float]:
    """Recall and precision."""
    score = report.scores[name, half]
    assert score.labels > 50
    return score.found / score.shifted, score.found / score.moved


def test_stamps_that_other_notes_of_the_video_label(report: Report) -> None:
    recall, precision = figures(report, "i others, all, together")
    assert recall >= 0.995 and precision >= 0.998


def test_stamps_that_their_own_text_labels(report: Report) -> None:
    """One of 97 is missed, and reported: a lone 1:33:00 among true hours, which nothing else in its note contradicts."""
    score = report.scores["ii text against data-t", "held-out"]
    assert score.labels > 90 and score.shifted - score.found <= 1 and score.moved == score.found
    assert score.ambiguous >= score.shifted - score.found
    recall, precision = figures(report, "i and ii, together")
    assert recall >= 0.995 and precision >= 0.998


@pytest.mark.parametrize("pattern", ["a", "b", "c1", "c2", "d"])
def test_clean_notes_that_were_corrupted(report: Report, pattern: str) -> None:
    recall, precision = figures(report, f"iii corrupted {pattern}")
    assert recall >= 0.995 and precision >= 0.998


@pytest.mark.parametrize("half", ["tuned-on", "held-out"])
def test_what_a_rounding_author_could_have_written_is_never_moved(report: Report, half: str) -> None:
    """Nothing but whole minutes of up to four hours: no rule can tell, so it stays and is reported as ambiguous."""
    for pattern in "abd":
        score = report.scores[f"iii corrupted {pattern}, like rounded", half]
        assert score.labels > 0 and score.moved == 0 and score.ambiguous >= 0.8 * score.labels


@pytest.mark.parametrize("half", ["tuned-on", "held-out"])
def test_no_rounded_note_is_shifted(report: Report, half: str) -> None:
    rounded = {
        name: score.moved for (name, side), score in report.scores.items() if name.startswith("iv") and side == half
    }
    assert len(rounded) == 6 and set(rounded.values()) == {0}
