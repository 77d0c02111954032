"""Every file of the corpus, read in this process."""

import pytest

from bot.sheet.read import read_sheet
from bot.values.sheet import SheetLimits, Verdict
from fixtures.score_sheets import CORPUS, answers, told, wanted

# Only the child may open this one with calamine: it aborts the process.
ABORTS = {"far-cell.xlsx"}
FILES = [(category, name) for category, files in answers().items() for name in files if name not in ABORTS]


def test_the_corpus_is_large_and_small():
    assert len(FILES) >= 150
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize(("category", "name"), FILES, ids=lambda value: value)
def test_a_sheet_of_the_corpus_is_read_as_its_answer_says(category, name):
    answer = answers()[category][name]
    reading = read_sheet((CORPUS / category / name).read_bytes(), name, SheetLimits())
    assert reading.verdict.value == answer["verdict"]
    expected = wanted(answer)
    assert told(reading, any(row[-1] for row in expected)) == expected
    assert bool(reading.problem) == (reading.verdict is not Verdict.OK)
    assert not any("stopped" in note for note in reading.notes)
