import re
from pathlib import Path

import openpyxl
import pytest

from xlflow.errors import FileRefused, UsageError
from xlflow.issuing import Line, read_roster

ROWS = [
    ["2022年度名册", "", "", ""],
    ["截止日期", "单位 名称", "单位编码", "备注"],
    ["2023-03-31", "示例局", "039001", "无"],
    ["", "", "", ""],
    ["", " 第二局 ", "", ""],
]
LINES = (Line("示例局", "039001", deadline="2023-03-31"), Line("第二局"))


def csv_file(folder: Path, data: bytes) -> Path:
    path = folder / "名册.csv"
    path.write_bytes(data)
    return path


def as_csv(rows: list[list[str]]) -> str:
    return "".join(",".join(row) + "\r\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    assert read_roster(csv_file(tmp_path, as_csv(ROWS).encode(encoding))) == LINES


def test_csv_with_old_line_ends_quotes_and_a_line_break(tmp_path: Path) -> None:
    data = '单位名称,项目名称\r"甲,局","一期\n二期"\r'.encode()
    assert read_roster(csv_file(tmp_path, data)) == (Line("甲,局", project="一期\n二期"),)


def test_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["说明"])
    sheet = book.create_sheet("名册")
    for row in ROWS:
        sheet.append(row)
    path = tmp_path / "名册.xlsx"
    book.save(path)
    assert read_roster(path) == LINES


def test_codes_and_days_typed_as_numbers(tmp_path: Path) -> None:
    from datetime import date

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["单位编码", "单位名称", "截止日期"])
    book.active.append([39001, "示例局", date(2023, 3, 31)])
    path = tmp_path / "名册.xlsx"
    book.save(path)
    assert read_roster(path) == (Line("示例局", "39001", deadline="2023-03-31"),)


def test_a_code_typed_in_full_width_is_the_code(tmp_path: Path) -> None:
    rows = "单位编码,单位名称,项目编码\n０３９００１,甲局,０３９－０１\n"
    assert read_roster(csv_file(tmp_path, rows.encode())) == (
        Line("甲局", "039001", project_code="039-01"),
    )


@pytest.mark.parametrize("sums", ["合计,,30", ",合 计,30", ",总计：,30", ",小计,30", "合计,2家,"])
def test_a_line_that_adds_up_is_nobody(tmp_path: Path, sums: str) -> None:
    rows = f"单位编码,单位名称,备注\n1,甲局,合计\n{sums}\n"
    assert [each.unit for each in read_roster(csv_file(tmp_path, rows.encode()))] == ["甲局"]


def test_a_line_that_adds_up_the_projects_of_a_unit_is_nobody_s(tmp_path: Path) -> None:
    rows = "单位名称,项目名称,年初预算数\n甲局,甲项目,3\n甲局,小计,3\n".encode()
    assert [each.project for each in read_roster(csv_file(tmp_path, rows))] == ["甲项目"]


def test_of_two_names_the_unit_s_own_is_meant(tmp_path: Path) -> None:
    rows = "单位名称,部门名称\n甲中心,某某局\n"
    assert read_roster(csv_file(tmp_path, rows.encode())) == (Line("甲中心"),)
    rows = "部门名称,单位名称\n某某局,甲中心\n"
    assert read_roster(csv_file(tmp_path, rows.encode())) == (Line("甲中心"),)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("编码,名称\n1,甲\n".encode(), "没有找到“单位名称”一栏"),
        (b"", "没有找到“单位名称”一栏"),
        ("单位名称,单位编码\n".encode(), "没有单位"),
        ("单位名称,单位编码\n,\n , \n".encode(), "没有单位"),
        ("单位名称,单位编码\n甲,1\n,2\n".encode(), "第 3 行 A 列（单位名称）没有填写"),
        ("单位名称\n".encode() + b"\xff\xff\xff\n", "既不是 UTF-8 也不是 GB18030"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        read_roster(csv_file(tmp_path, data))


@pytest.mark.parametrize("name", ["nix.csv", "nix.xlsx"])
def test_a_roster_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="文件不存在"):
        read_roster(tmp_path / name)


def test_a_roster_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes("单位名称\n".encode())
    with pytest.raises(FileRefused, match="不是 Excel 工作簿"):
        read_roster(path)
