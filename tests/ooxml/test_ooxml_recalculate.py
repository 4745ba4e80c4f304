"""Results that depend on an edit are worked out anew where the extra is installed."""

import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from package_samples import loaded, members, package, parts_of, worksheet, zipped

from xlflow.ooxml import Unproven, Workbook, prove, recalculate

FORMULAS = {
    "SUM(A1:A4)": "10",
    "A1*0.5": "0.5",
    "A2/A4": "0.5",
    "ROUND(A3/7,2)": "0.43",
    'IF(SUM(A1:A4)>=10,"合格","不合格")': "合格",
    "AVERAGE(A1:A4)": "2.5",
    'A1&amp;"分"': "1分",
    "A1&gt;A2": "FALSE",
    "MAX(A1:A4)-MIN(A1:A4)": "3",
    'COUNTIF(A1:A4,"&gt;2")': "2",
    'SUMIF(A1:A4,"&gt;2",A1:A4)': "7",
    "VLOOKUP(3,A1:B4,2,FALSE)": "丙",
    "INDEX(B1:B4,MATCH(2,A1:A4,0))": "乙",
    "SUMPRODUCT(A1:A4,A1:A4)": "30",
    "LEN(B1)+A1": "2",
    'TEXT(A2/A3,"0.00%")': "66.67%",
    'MID("绩效目标",A2,2)': "效目",
    "RANK(A3,A1:A4)": "2",
    'IFERROR(A1/0,"无")': "无",
    "ROUNDDOWN(A3/7,3)": "0.428",
    "合计*2": "20",
}
NAMES = "<definedNames><definedName name='合计'>SUM(表1!$A$1:$A$4)</definedName></definedNames>"


def book_of(formulas: list[str]) -> bytes:
    rows = ""
    for row, word in enumerate("甲乙丙丁", 1):
        rows += (
            f'<row r="{row}"><c r="A{row}"><v>9</v></c>'
            f'<c r="B{row}" t="inlineStr"><is><t>{word}</t></is></c></row>'
        )
    for row, formula in enumerate(formulas, 5):
        rows += f'<row r="{row}"><c r="C{row}"><f>{formula}</f><v>-1</v></c></row>'
    return package(rows, names=NAMES)


def edited(data: bytes) -> tuple[Workbook, bytes]:
    book = Workbook.from_bytes(data)
    for row in range(1, 5):
        book.sheet("表1")[f"A{row}"] = row
    return book, book.to_bytes(recalculate=True)


def shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def test_every_formula_gets_its_new_result() -> None:
    data = book_of(list(FORMULAS))
    book, out = edited(data)
    prove(data, out, {"表1": ["A1", "A2", "A3", "A4"]}, refreshed=book.refreshed)
    sheet = loaded(out, data_only=True)["表1"]
    results = [shown(sheet.cell(row, 3).value) for row in range(5, 5 + len(FORMULAS))]
    assert dict(zip(FORMULAS, results, strict=True)) == FORMULAS
    assert b'fullCalcOnLoad="1"' in members(out)["xl/workbook.xml"]


@pytest.mark.libreoffice
def test_libreoffice_calculates_the_same(tmp_path: Path) -> None:
    data = book_of(list(FORMULAS))
    Path(tmp_path / "ours.xlsx").write_bytes(edited(data)[1])
    bare = Workbook.from_bytes(data)
    for row in range(1, 5):
        bare.sheet("表1")[f"A{row}"] = row
    Path(tmp_path / "theirs.xlsx").write_bytes(bare.to_bytes())  # without results: it calculates
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to"]
    command += ["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"]
    command += [
        "--outdir",
        str(tmp_path),
        str(tmp_path / "ours.xlsx"),
        str(tmp_path / "theirs.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    ours, theirs = (
        list(csv.reader((tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        for name in ("ours", "theirs")
    )
    for (formula, _), mine, its in zip(FORMULAS.items(), ours[4:], theirs[4:], strict=True):
        assert same(mine[2], its[2]), formula


def same(mine: str, its: str) -> bool:
    try:
        return abs(float(mine) - float(its)) < 1e-9
    except ValueError:
        return mine == its


@pytest.mark.parametrize(
    "formula",
    [
        "NOW()+A1",
        "RAND()*A1",
        "A1/0",
        "UNKNOWN(A1)",
        "[1]表!A1+A1",
        "TODAY()-A1",
        "INDIRECT(B1)&amp;A1",
    ],
)
def test_what_can_not_be_told_loses_its_result(formula: str) -> None:
    data = book_of([formula])
    book, out = edited(data)
    prove(data, out, {"表1": ["A1", "A2", "A3", "A4"]}, refreshed=book.refreshed)
    assert Workbook.from_bytes(out).sheet("表1")["C5"] is None


def test_results_reach_other_sheets_and_follow_each_other() -> None:
    sheets = {
        "表1": worksheet('<row r="1"><c r="A1"><v>1</v></c></row>'),
        "汇 总": worksheet(
            '<row r="1"><c r="A1" s="0" t="str"><f>表1!A1*3</f><v>old</v></c>'
            "<c r=\"B1\"><f>'汇 总'!A1+1</f></c></row>"
        ),
    }
    data = zipped(parts_of(sheets))
    book = Workbook.from_bytes(data)
    book.sheet("表1")["A1"] = Decimal("2.5")
    out = book.to_bytes(recalculate=True)
    prove(data, out, {"表1": ["A1"]}, refreshed=book.refreshed)
    after = Workbook.from_bytes(out).sheet("汇 总")
    assert [after["A1"], after["B1"]] == [Decimal("7.5"), Decimal("8.5")]
    assert book.refreshed == {"汇 总": {"A1", "B1"}}


def test_a_result_that_was_not_worked_out_is_no_proof() -> None:
    data = book_of(["A1*2", "B1"])
    book, out = edited(data)
    written = {"表1": ["A1", "A2", "A3", "A4"]}
    with pytest.raises(Unproven):
        prove(data, out, written)
    parts = members(out)
    sheet = parts["xl/worksheets/sheet1.xml"]
    forged = sheet.replace(b"<f>B1</f><v>-1</v>", b"<f>B1</f><v>7</v>")
    assert forged != sheet
    with pytest.raises(Unproven):
        prove(data, zipped({**parts, "xl/worksheets/sheet1.xml": forged}), written,
              refreshed=book.refreshed)  # fmt: skip
    with_text = sheet.replace(b'<c r="B1"', b'<c r="B1" s="0"')
    with pytest.raises(Unproven):
        prove(data, zipped({**parts, "xl/worksheets/sheet1.xml": with_text}), written,
              refreshed={"表1": {"B1", "C5"}})  # fmt: skip


def test_without_the_library_results_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recalculate, "_library", lambda: None)
    _, out = edited(book_of(["SUM(A1:A4)"]))
    assert Workbook.from_bytes(out).sheet("表1")["C5"] is None
