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
    recall, precision = figures(report, "ii text against data-t")
    assert recall >= 0.98 and precision == 1.0


@pytest.mark.parametrize(
    ("pattern", "least_recall", "least_precision"),
    [("a", 0.997, 0.999), ("b", 0.997, 0.999), ("c1", 0.999, 0.997), ("c2", 0.997, 0.993), ("d", 0.96, 0.999)],
)
def test_clean_notes_that_were_corrupted(
    report: Report, pattern: str, least_recall: float, least_precision: float
) -> None:
    recall, precision = figures(report, f"iii corrupted {pattern}")
    assert recall >= least_recall and precision >= least_precision


@pytest.mark.parametrize("half", ["tuned-on", "held-out"])
def test_no_rounded_note_is_shifted(report: Report, half: str) -> None:
    rounded = {
        name: score.moved for (name, side), score in report.scores.items() if name.startswith("iv") and side == half
    }
    assert len(rounded) == 6 and set(rounded.values()) == {0}
