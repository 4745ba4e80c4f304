"""Whom the notices go to and what they say, as letters and as short texts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from chasing_examples import (
    ASK,
    HOSTILE,
    LATE,
    MUST,
    NOTE,
    SENDER,
    TODAY,
    exercise,
    line,
    send,
)

from xlflow.chasing import Notice, Sender, notices_to, text_to_all
from xlflow.chasing.letter import fill_letter
from xlflow.config import find_resource
from xlflow.errors import DefinitionError
from xlflow.ledger import Ledger, StandingState


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with exercise(tmp_path) as opened:
        yield opened


def notices(ledger: Ledger, today: date = TODAY) -> dict[str, Notice]:
    standing = ledger.standing()
    problems = ledger.problems_of([each.submission for each in standing if each.submission])
    found = notices_to(standing, problems, replace(SENDER, today=today))
    return {notice.stem: notice for notice in found}


def letter(notice: Notice) -> list[str]:
    name = {StandingState.MISSING: "missing", StandingState.RETURNED: "returned"}[notice.kind]
    path = find_resource("workbook_templates", f"{name}_notice.docx")
    assert path
    return lines(fill_letter(path.read_bytes(), path.name, notice.fields))


def lines(package: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(package)).paragraphs]


def test_each_missing_unit_and_each_returned_form_gets_one_and_nobody_else(ledger: Ledger) -> None:
    assert [stem.partition("_部门")[0] for stem in notices(ledger)] == [
        "催报_丁局",
        "催报_戊局",
        "退回修改_丙局",
    ]


def test_a_letter_to_a_missing_unit_names_each_form_and_its_deadline(ledger: Ledger) -> None:
    told = letter(notices(ledger)["催报_丁局"])
    assert told == [
        "关于报送填报表的催报通知",
        "丁局：",
        "截至2026年4月22日，你单位尚有2份填报表没有报送：",
        "1．《部门整体支出绩效自评表》（2025年度，修路），截止日期为2026年4月20日，已逾期2天。",
        "2．《部门整体支出绩效自评表》（2025年度，架桥），截止日期为2026年4月30日，还剩8天。",
        "请按下发的模板填写。已过截止日期的请立即报送，其余的请于截止日期前报送。"
        "已经报送的，请与我们核对。",
        "联系人及电话：绩效科",
        "示范市财政局",
        "2026年4月22日",
    ]


def test_a_letter_on_a_returned_form_numbers_the_problems(ledger: Ledger) -> None:
    (notice,) = (each for each in notices(ledger).values() if each.kind == "returned")
    told = letter(notice)
    assert told[2:8] == [
        "你单位2026年4月18日报送的《部门整体支出绩效自评表》（2025年度）（第1版）经核对，"
        "有1处必须修改、1处请核对，现予退回。",
        "以下1处必须修改：",
        f"部门整体自评表 H7（填写“9.1”）：{MUST.message}",
        "以下1处请核对，确属无误的不必修改：",
        f"部门整体自评表 C3：{ASK.message}",
        "请在退回的填报表（3号 100%.xlsx）上修改，其中有问题的单元格已标出，“核对结果”工作表列有"
        "全部问题。报送截止日期（2026年4月20日）已过，请立即修改并重新报送。",
    ]
    assert NOTE.message not in "".join(told)


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        ("2026-04-21", "报送截止日期（2026年4月21日）已过，请立即修改并重新报送"),
        ("2026-04-22", "今天（2026年4月22日）截止，请于今天内改好并重新报送"),
        ("2026年4月25日", "请于2026年4月25日前（含当日）改好并重新报送"),
        ("4月底", "请尽快改好并重新报送"),
        (None, "请尽快改好并重新报送"),
    ],
)
def test_what_is_asked_goes_by_the_day(ledger: Ledger, deadline: str | None, said: str) -> None:
    ledger.expect([line("丙局", "003", deadline)])
    (notice,) = (each for each in notices(ledger).values() if each.kind == "returned")
    assert notice.fields["要求"] == said
    assert f"{said}。——示范市财政局" in notice.short


def test_an_extension_is_told(ledger: Ledger) -> None:
    assert "截止日期由2026年4月20日延至2026年4月25日，还剩3天" in notices(ledger)["催报_戊局"].short
    send(ledger, "戊局", "005", problems=(MUST,))
    fifth = next(each for each in notices(ledger).values() if each.about[0].unit == "戊局")
    assert str(fifth.fields["要求"]).startswith(
        "经同意，截止日期由2026年4月20日延至2026年4月25日，请于"
    )


def test_many_problems_are_listed_up_to_a_bound_and_counted(ledger: Ledger) -> None:
    many = tuple(replace(MUST, cell=f"H{number}") for number in range(1, 41))
    send(ledger, "丙局", "003", LATE, many)
    (notice,) = (each for each in notices(ledger).values() if each.kind == "returned")
    told = letter(notice)
    assert "30．部门整体自评表 H30" in "".join(told)
    assert "H31" not in "".join(told)
    assert "另有10处没有列出，见退回文件的“核对结果”工作表。" in told
    assert "3．H3：" in notice.short
    assert "H4：" not in notice.short


def test_the_text_for_all_says_how_it_stands_and_who_is_asked(ledger: Ledger) -> None:
    told = text_to_all(ledger.standing(), list(notices(ledger).values()), SENDER).split("\n\n")
    assert told[0].splitlines() == [
        "截至2026年4月22日，应报6份，已通过2份，退回待改1份，未报3份。",
        "未报：丁局（2份）、戊局。",
        "退回待改：丙局。",
        "请以上单位抓紧报送或修改。——示范市财政局",
    ]
    assert told[1:] == [each.short for each in notices(ledger).values()]


def test_two_units_of_one_name_are_told_apart_by_their_codes(ledger: Ledger) -> None:
    ledger.expect([line("丁局", "904")])
    found = notices(ledger)
    (other,) = (name for name, notice in found.items() if notice.about[0].unit_code == "904")
    assert other == "催报_丁局（904）"
    assert letter(found[other])[1] == "丁局（904）："
    assert found[other].short.startswith("【催报】丁局（904）：")
    assert "催报_丁局" not in found
    assert "未报：丁局（004）（2份）、戊局、丁局（904）。" in text_to_all(
        ledger.standing(), list(found.values()), SENDER
    )


def test_a_name_is_data_in_a_letter_and_in_a_file_name(ledger: Ledger) -> None:
    ledger.expect([line(f"{HOSTILE}\x07/..\n", "009")])
    (notice,) = (each for each in notices(ledger).values() if each.about[0].unit_code == "009")
    assert not set('<>/"\n') & set(notice.stem)
    assert letter(notice)[1] == f"{HOSTILE}/..："


def test_without_a_bureau_there_is_a_blank_to_fill_in(ledger: Ledger) -> None:
    standing = ledger.standing()
    first, *_ = notices_to(standing, {}, Sender(TODAY, {}))
    told = letter(first)
    assert told[-2:] == ["【请填写：落款单位】", "2026年4月22日"]
    assert not any("联系" in each for each in told)


# -- the templates of a bureau ---------------------------------------------------------------------


def drawn(*paragraphs: tuple[str, ...]) -> bytes:
    """Return a letter drawn by hand, whose paragraphs stand in pieces as Word cuts them."""
    paper = docx.Document()
    for pieces in paragraphs:
        paragraph = paper.add_paragraph()
        for piece in pieces:
            paragraph.add_run(piece).bold = piece == "单"
    cell = paper.add_table(1, 1).cell(0, 0)
    cell.paragraphs[0].text = "{{未报}}"
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def test_a_field_that_word_cut_into_pieces_is_found(ledger: Ledger) -> None:
    template = drawn(("致{", "{ ", "单", "位 }", "}：甲", "{{日期}}"), ("{{联系方式}}",))
    fields = notices(ledger)["催报_丁局"].fields
    filled = fill_letter(template, "x.docx", {**fields, "联系方式": ""})
    assert lines(filled) == ["致丁局：甲2026年4月22日"]
    cell = docx.Document(BytesIO(filled)).tables[0].cell(0, 0)
    assert [each.text for each in cell.paragraphs] == [*fields["未报"]]


def test_the_same_letter_has_the_same_bytes(ledger: Ledger) -> None:
    template = drawn(("{{单位}}",))
    fields = notices(ledger)["催报_丁局"].fields
    assert fill_letter(template, "x", fields) == fill_letter(template, "x", fields)


def test_a_field_that_is_not_known_is_named(ledger: Ledger) -> None:
    fields = notices(ledger)["催报_丁局"].fields
    with pytest.raises(DefinitionError, match=r"通知\.docx.*{{单位名}}.*单位、今日"):
        fill_letter(drawn(("{{单位名}}",)), "通知.docx", fields)
    with pytest.raises(DefinitionError, match="Word"):
        fill_letter(b"no letter", "通知.docx", fields)
