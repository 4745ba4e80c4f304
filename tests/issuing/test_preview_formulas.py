"""The formulas of the preview: what they are made of, and when they keep silent."""

import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import edited, resaved

from xlflow.config import create_workspace
from xlflow.forms import load_form
from xlflow.forms.preview_cells import AS_CLAIMED, LATER
from xlflow.issuing import fill, template_of
from xlflow.issuing.preview import Understood, understood, with_preview
from xlflow.judging import Rules, judge_package
from xlflow.marking import mark, strip
from xlflow.ooxml import Workbook
from xlflow.pipeline import hand_out
from xlflow.scoring import load_profile

FORMS = ("project_self_evaluation", "overall_self_evaluation")
FORM = "项目支出绩效自评表"
KNOWN = {"SUM", "IF", "IFERROR", "ROUND", "MIN", "MAX", "VALUE", "SUBSTITUTE", "SUMPRODUCT"}
NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")


def template_sheet(form: str) -> Any:
    return openpyxl.load_workbook(BytesIO(template_of(load_form(form)))).worksheets[0]


def formulas(form: str) -> dict[str, str]:
    cells = (cell for row in template_sheet(form).iter_rows() for cell in row)
    return {cell.coordinate: cell.value for cell in cells if cell.data_type == "f"}


def handed_out(**actuals: str) -> bytes:
    """Return a form handed out with four indicators, of which some are filled in."""
    aims = {"册数": "≥200册", "合格率": "=100%", "制度": "健全", "期限": "2024年6月底前"}
    rows = [
        {"level1": "产出指标", "level2": "数量指标", "level3": name, "target": target}
        for name, target in aims.items()
    ]
    form = load_form("project_self_evaluation")
    package = fill(template_of(form), form, {"indicators": rows})
    package = with_preview(package, form, NATIONAL, year=2024)
    told = [
        {**row, "weight": Decimal(10), "score": Decimal(8), "actual": actuals.get(row["level3"])}
        for row in rows
    ]
    return fill(package, form, {"indicators": told})


@pytest.mark.parametrize("form", FORMS)
def test_only_functions_that_every_program_knows(form: str) -> None:
    found = formulas(form)
    assert len(found) > 180
    for formula in found.values():
        assert set(re.findall(r"([A-Z]+)\(", formula)) <= KNOWN
        assert len(formula) < 2000
        assert formula.isascii() or not re.search(r"[A-Za-z]\w*[^\x00-\x7f]\(", formula)


@pytest.mark.parametrize("form", FORMS)
def test_no_formula_stands_in_a_cell_of_the_unit_or_reads_one_of_the_engine(form: str) -> None:
    found = formulas(form)
    engine = {"N", "O", "P"}
    assert {re.sub(r"\d", "", cell) for cell in found} == {"L", "M", "Q", "R", "S", "X", "Y"}
    for formula in found.values():
        letters = re.findall(r"\$?\b([A-Z]{1,2})\$?[0-9]+\b", re.sub(r'"[^"]*"', "", formula))
        assert not engine & set(letters), formula


@pytest.mark.parametrize("form", FORMS)
def test_what_the_engine_understood_is_hidden_and_locked(form: str) -> None:
    sheet = template_sheet(form)
    assert all(sheet.column_dimensions[letter].hidden for letter in "QRSTUVWXY")
    assert sheet["L20"].protection.locked
    assert sheet["Q20"].protection.locked


@pytest.mark.parametrize(
    ("name", "target", "rule", "suffix", "bare"),
    [
        ("办结率", "≥95%", "Q1", "%", 2),
        ("办结率", "不低于95%", "Q1", "%", 2),
        ("次数", "≥12次", "Q1", "次", 1),
        ("册数", "≥20万本", "Q1", "万本", None),
        ("学校", "=8所学校", "Q10", "所学校", 1),
        ("成本", "≤90万元", "Q7", "万元", None),
        ("工期", "30-60天", "Q14", "天", 1),
        ("得分", "≥80", "Q1", "", 1),
        ("满意度", "≥80", "Q1", "%", 1),
    ],
)
def test_targets_that_are_understood(
    name: str, target: str, rule: str, suffix: str, bare: int | None
) -> None:
    known = understood(name, target, NATIONAL, 2024)
    assert known
    assert (known.rule, known.suffix, known.bare) == (rule, suffix, bare)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("完成时间", "2024年6月底前"),
        ("能耗下降率", "下降3%"),
        ("培训", "每月2次"),
        ("教师比例", "1:10"),
        ("家数", "约20家"),
        ("印制成本", "15万元"),  # less may be saved or not done
        ("空", "≥"),
        ("单位", "5月"),
        ("长", "≥12345678901元"),
        ("细", "≥0.123456米"),
    ],
)
def test_targets_that_are_left_to_the_engine(name: str, target: str) -> None:
    assert understood(name, target, NATIONAL, 2024) is None


def test_words_are_as_claimed_or_a_share_of_completion() -> None:
    assert understood("制度", "健全", NATIONAL, 2024) == Understood("words")
    known = understood("制度", "健全", HENAN, 2024)
    assert known
    assert (known.rule, known.target, known.suffix) == ("P1", Decimal(100), "%")


def test_handing_out_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("单位名称\n示例局\n", encoding="utf-8")
    folder = create_workspace(tmp_path / "w").root
    once, twice = (
        hand_out(roster, FORMS[1], year=2024, folder=folder, out=tmp_path / out)[0].path
        for out in ("a", "b")
    )
    assert once.read_bytes() == twice.read_bytes()
    sheet = openpyxl.load_workbook(once).worksheets[0]
    assert [sheet[f"{column}1"].value for column in "QRST"] == [
        "national-2020",
        100,
        "capped",
        "V3",
    ]
    assert [sheet[f"{column}3"].value for column in "QRSTUV"] == [
        "优",
        "良",
        "中",
        "差",
        "差",
        "差",
    ]


def test_what_was_previewed_stands_beside_what_was_scored() -> None:
    package = handed_out(册数="180册")
    judged = judge_package(package, "a.xlsx", Rules())
    assert judged.marked
    before, after = (Workbook.from_bytes(each).sheet(FORM) for each in (package, judged.marked))
    assert after["N13"] == Decimal("9.00")
    assert after.stored("L13")[2] == before.stored("L13")[2] != ""
    again = mark(Workbook.from_bytes(package), judged.results, judged.profiles)
    assert Workbook.from_bytes(strip(Workbook.from_bytes(again))).sheet(FORM)["N13"] is None


@pytest.mark.libreoffice
def test_a_template_nobody_handed_out_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    form = load_form(FORMS[0])
    row = {"level3": "册数", "target": "≥200册", "actual": "180册", "weight": Decimal(10)}
    path.write_bytes(fill(template_of(form), form, {"indicators": [row]}))
    (saved,) = resaved([path], tmp_path)
    sheet = openpyxl.load_workbook(saved, data_only=True).worksheets[0]
    shown = [sheet.cell(row, col).value for row in range(13, 59) for col in (12, 13)]
    assert set(shown) <= {None, ""}


@pytest.mark.libreoffice
def test_a_changed_target_is_not_judged_and_an_inserted_row_counts_as_claimed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "typed.xlsx"
    path.write_bytes(handed_out(册数="180册", 合格率="98.5%", 制度="100%", 期限="2024年6月"))
    steps = (
        ("type", FORM, "E13", "≥190册"),
        ("insert_rows", FORM, 15, 1),
        ("type", FORM, "D15", "新指标"),
        ("value", FORM, "G15", 5),
        ("value", FORM, "H15", 4.5),
        ("value", FORM, "F14", 0.985),
    )
    cases = {"as issued": (), "changed": steps[:5], "pasted": steps}
    shown = {}
    for name, taken in cases.items():
        saved = edited(path, tmp_path / f"{name}.xlsx", *taken)
        sheet = openpyxl.load_workbook(saved, data_only=True).worksheets[0]
        shown[name] = [sheet.cell(row, 12).value for row in (13, 14, 15, 16, 17)]
        shown[f"{name}, total"] = [
            sheet.cell(row, 12).value for row in range(50, 70) if sheet.cell(row, 1).value == "总分"
        ]
    assert shown["as issued"][:4] == [9, 9.85, AS_CLAIMED, LATER]
    assert shown["as issued, total"] == [9 + 9.85 + 8 + 8]
    assert shown["changed"] == [LATER, 9.85, None, AS_CLAIMED, LATER]
    assert shown["changed, total"] == [8 + 9.85 + 4.5 + 8 + 8]
    assert shown["pasted"][1] == LATER


@pytest.mark.libreoffice
def test_a_form_saved_as_another_type_leaves_no_preview_behind(tmp_path: Path) -> None:
    path = tmp_path / "typed.xlsx"
    path.write_bytes(handed_out(册数="180册", 合格率="98.5%"))
    (saved,) = resaved([path], tmp_path, "xls")
    (result,) = judge_package(saved.read_bytes(), "typed.xls", Rules()).results
    assert [score.computed for score in result.scores.rows[1:3]] == [Decimal(9), Decimal("9.85")]
    assert [found.message for found in result.problems if found.code == "F33"] == []


@pytest.mark.parametrize("form", FORMS)
def test_missing_cells_are_coloured_behind_every_mark(form: str) -> None:
    sheet = template_sheet(form)
    rules = {
        str(area.sqref): [rule for rule in rules if rule.dxf.fill.bgColor.rgb == "FFFCE4D6"]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
        if any(rule.dxf and rule.dxf.fill for rule in rules)
    }
    table = [area for area in rules if area.startswith(("E", "F", "G", "H")) and ":" in area]
    assert len(table) == 4
    reasons = [
        each.formula[0] for found in rules.values() for each in found if "no" in each.formula[0]
    ]
    assert len(reasons) == 2
    assert all(rule.priority > 3 for found in rules.values() for rule in found)
