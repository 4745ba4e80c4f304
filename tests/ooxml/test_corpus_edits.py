"""Random edits over real files and over what other programs make, in a bounded form.

The long form is `python benchmarks/corpus.py --long`.
"""

import os
from dataclasses import replace
from pathlib import Path

import corpus
import pytest
from made_books import by_xlsxwriter, made_books
from package_lint import findings
from package_samples import CORPUS

from xlflow.errors import FileRefused

CELLS = 20


def some_files(count: int) -> list[Path]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real files (shared/corpus beside the checkout) is not here")
    files = [path for path in corpus.workbooks(CORPUS) if path.stat().st_size < 100_000]
    return files[:: max(1, len(files) // count)]


def test_nothing_but_the_written_cells_differs_in_real_files() -> None:
    seen = corpus.Seen()
    edited = list(corpus.edit_all(some_files(30), CELLS, 7, seen))
    assert seen.losses == []
    assert len(edited) > 20
    assert seen.parts > 200
    assert seen.read["values read by openpyxl"] > 200
    assert seen.read["values read by calamine"] > 200
    assert seen.read["notes read by openpyxl"] > 200


def test_nothing_is_lost_in_workbooks_of_other_programs(tmp_path: Path) -> None:
    seen = corpus.Seen()
    edited = list(corpus.edit_all(made_books(tmp_path), CELLS, 7, seen))
    assert seen.losses == []
    assert not seen.refused
    for each in edited:
        assert set(findings(each.after)) <= set(findings(each.before))


def test_a_loss_is_seen(tmp_path: Path) -> None:
    each = corpus.edited(by_xlsxwriter(tmp_path / "book.xlsx"), CELLS, 7)
    seen = corpus.Seen()
    swapped = replace(each, written={("填报", 1, 1): "nobody set it"})
    unnoted = replace(each, marked={})
    assert list(corpus.losses(each, seen)) == []
    assert list(corpus.losses(swapped, seen)) != []
    assert list(corpus.losses(unnoted, seen)) != []


def test_an_edit_brings_no_new_finding() -> None:
    for path in some_files(60):
        try:
            each = corpus.edited(path, CELLS, 11)
        except FileRefused:
            continue
        before = {line.partition(" is a number")[0] for line in findings(each.before)}
        after = {line.partition(" is a number")[0] for line in findings(each.after)}
        assert after - before == set(), path.name


@pytest.mark.libreoffice
def test_libreoffice_opens_what_was_edited(tmp_path: Path) -> None:
    seen = corpus.Seen()
    edited = list(corpus.edit_all(some_files(8), CELLS, 13, seen))
    assert corpus.unopened_by_libreoffice(edited, tmp_path, seen) == []
    assert seen.read["files opened by LibreOffice"] > 4


@pytest.mark.npm
def test_the_sdk_reports_no_new_error(tmp_path: Path) -> None:
    seen = corpus.Seen()
    edited = list(corpus.edit_all(some_files(8), CELLS, 17, seen))
    validator = os.environ[corpus.VALIDATOR]
    assert list(corpus.new_sdk_errors(edited, validator, tmp_path, seen)) == []
