"""A table with more rows than the template has room for grows, and the form works as before."""

import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import as_pdf
from openpyxl.worksheet.formula import ArrayFormula

from xlflow.demo.seeds import examples, project_targets
from xlflow.errors import UsageError
from xlflow.forms import Document, load_form, locate, recognise
from xlflow.grids import read_book
from xlflow.issuing import Exercise, Line, fill, issue, template_of
from xlflow.issuing.prefill import Targets
from xlflow.judging import Judged, Rules, judge_package
from xlflow.ooxml import Insertion, Workbook, prove
from xlflow.ooxml.reference import cell_name

FORMS = (
    "project_target",
    "project_monitoring",
    "project_self_evaluation",
    "overall_self_evaluation",
)
SELF_EVALUATION = Path(__file__).parents[1] / "data" / "self_evaluation_in_order.json"


def data_of(name: str, count: int) -> dict[str, Any]:
    """Return the data of a form with so many indicators."""
    data: dict[str, Any] = dict(project_targets()[0])
    if name == "overall_self_evaluation":
        data = json.loads(SELF_EVALUATION.read_text(encoding="utf-8"))
    elif name == "project_monitoring":
        data = {**examples()["monitoring"][0], "round": "1-6月"}
    account = {} if name == "project_target" else {"actual": "90个"}
    if "self_evaluation" in name:
        account |= {"weight": "1.5", "score": "1.2"}
    levels = [("产出指标", "数量指标")] * (count - 10) + [("效益指标", "社会效益指标")] * 10
    data["indicators"] = [
        {"level1": one, "level2": two, "level3": f"指标{number}", "target": "≥100个", **account}
        for number, (one, two) in enumerate(levels)
    ]
    return data


def filled(name: str, count: int) -> bytes:
    form = load_form(name)
    return fill(template_of(form), form, data_of(name, count))


def judged(name: str, count: int) -> Judged:
    return judge_package(filled(name, count), f"{name}.xlsx", Rules())


def body_of(package: bytes, name: str) -> tuple[int, ...]:
    form = load_form(name)
    book = read_book(Workbook.from_bytes(package, name))
    grid = recognise(book, [form])[0].grid
    return locate(form, grid, book.names).tables["indicators"].rows


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("count", [60, 90])
def test_every_row_is_read_again(name: str, count: int) -> None:
    document = judged(name, count).results[0].document
    assert document
    rows = document.get("/indicators")
    assert [row["level3"] for row in rows] == [f"指标{number}" for number in range(count)]
    assert {row["level1"] for row in rows} == {"产出指标", "效益指标"}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("overall_self_evaluation", 14),
        ("project_self_evaluation", 14),
        ("project_monitoring", 13),
    ],
)
def test_every_row_is_scored_and_written_back(name: str, column: int) -> None:
    marked = judged(name, 60).marked
    assert marked
    rows = body_of(marked, name)
    assert len(rows) == 60
    sheet = Workbook.from_bytes(marked).sheet(load_form(name).title)
    assert None not in [sheet[cell_name(row, column)] for row in rows]


@pytest.mark.parametrize("name", FORMS)
def test_nothing_but_the_rows_and_the_values_changed(name: str) -> None:
    template, grown = template_of(load_form(name)), filled(name, 60)
    before, after = body_of(template, name), body_of(grown, name)
    insertion = Insertion(load_form(name).title, before[-2], 60 - len(before))
    written = [
        cell_name(row, column) for row in range(1, after[-1] + 30) for column in range(1, 12)
    ]
    prove(template, grown, {insertion.sheet: written}, inserted=[insertion])
    old, new = (
        openpyxl.load_workbook(io.BytesIO(book))[insertion.sheet] for book in (template, grown)
    )
    model = before[-2]
    for row in after[len(before) - 1 : -1]:
        assert new.row_dimensions[row].height == old.row_dimensions[model].height
        for column in range(1, old.max_column + 1):
            assert new.cell(row, column).style_id == old.cell(model, column).style_id
    for validation in old.data_validations.dataValidation:
        grown_by = [each for each in new.data_validations.dataValidation
                    if each.formula1 == validation.formula1]  # fmt: skip
        assert grown_by


def test_the_total_of_a_bureau_s_own_template_grows() -> None:
    name = "overall_self_evaluation"
    form = load_form(name)
    book = openpyxl.load_workbook(io.BytesIO(template_of(form)))
    first, *_, last = body_of(template_of(form), name)
    book[form.title][f"H{last + 1}"] = f"=SUM(H{first}:H{last})"
    stream = io.BytesIO()
    book.save(stream)
    grown = openpyxl.load_workbook(io.BytesIO(fill(stream.getvalue(), form, data_of(name, 70))))[
        form.title
    ]
    assert grown[f"H{first + 70}"].value == f"=SUM(H{first}:H{first + 69})"


def test_two_tables_grow_at_once() -> None:
    name = "overall_self_evaluation"
    data = data_of(name, 60)
    data["annual_tasks"] = [{"name": f"任务{number}", "content": "略"} for number in range(25)]
    form = load_form(name)
    package = fill(template_of(form), form, data)
    document = judge_package(package, "form.xlsx", Rules()).results[0].document
    assert document
    assert [row["name"] for row in document.get("/annual_tasks")] == [
        f"任务{number}" for number in range(25)
    ]
    assert len(document.get("/indicators")) == 60


def test_a_project_with_many_targets_is_handed_its_forms(tmp_path: Path) -> None:
    form, big = load_form("project_self_evaluation"), Line("教育局", None, "大项目")
    rows = [{"level3": f"指标{number}", "target": "1件"} for number in range(90)]
    targets = Targets(load_form("project_target"), Document("", "", {"indicators": rows}, {}))
    (issued,) = issue(
        Exercise(form, 2020, "national-2020"), [big], tmp_path, targets={big: targets}
    )
    assert len(body_of(issued.path.read_bytes(), form.name)) == 90


@pytest.mark.npm
@pytest.mark.parametrize("name", FORMS)
def test_the_open_xml_sdk_finds_no_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "grown.xlsx"
    path.write_bytes(filled(name, 60))
    command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(path)]
    verdict = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert verdict["errors"] == []


@pytest.mark.libreoffice
def test_libreoffice_prints_all_rows(tmp_path: Path) -> None:
    path = tmp_path / "grown.xlsx"
    path.write_bytes(filled("overall_self_evaluation", 60))
    assert as_pdf(path, tmp_path).stat().st_size > 10_000


def test_a_template_that_can_not_grow_stops_the_hand_out_before_it_begins(tmp_path: Path) -> None:
    form = load_form("project_self_evaluation")
    book = openpyxl.load_workbook(io.BytesIO(template_of(form)))
    *_, above, last = body_of(template_of(form), form.name)
    area = f"P{above}:P{last}"
    book[form.title][f"P{above}"] = ArrayFormula(area, f"=G{above}:G{last}")
    (tmp_path / "workbook_templates").mkdir()
    book.save(tmp_path / "workbook_templates" / f"{form.name}.xlsx")
    first, big = Line("别的局"), Line("教育局", None, "大项目")
    rows = [{"level3": f"指标{number}", "target": "1件"} for number in range(90)]
    targets = Targets(load_form("project_target"), Document("", "", {"indicators": rows}, {}))
    out = tmp_path / "handout"
    with pytest.raises(UsageError, match=rf"教育局 大项目：.*{area}"):
        issue(
            Exercise(form, 2020, "national-2020", workspace=tmp_path),
            [first, big],
            out,
            targets={big: targets},
        )
    assert not out.exists()
