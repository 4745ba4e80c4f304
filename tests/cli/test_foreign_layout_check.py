"""`xlflow check` on a form of another place: plain Chinese, and the cell of each problem."""

from pathlib import Path

import pytest
from command_line import xlflow

LAYOUTS = Path(__file__).parents[1] / "data" / "layouts"


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("out_of_place", [
            "C3 不能确定“实施单位”的内容写在哪个单元格（A3、D3），没有读取。",
            "B11 第 11 行像是错了位：“二级指标”一栏里是“效益指标”，这一行没有读取。",
        ]),
        ("in_two_ways", [
            "D7 “年初预算数”的金额单位前后不一致（元、万元，见 A5、A6），没有读取。",
            "E11 “年度指标值”由计算符号“≤”、数值“≥90”、计量单位“%”组成，合在一起说不通，没有读取。",
            "H10 “得分”在表中出现多处（H10、I10），不能确定哪一处是填报内容。",
        ]),
        ("split_columns", ["I2 表上写明金额单位是元，读取时已换算成万元。"]),
    ],
)  # fmt: skip
def test_problems_name_their_cells(layout: str, said: list[str]) -> None:
    ended = xlflow("check", LAYOUTS / f"{layout}.xlsx")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    for sentence in said:
        cell, _, words = sentence.partition(" ")
        assert any(cell in line and words in line for line in lines), ended.out
