"""Make the templates of the notices: `python docs/make_letters.py`.

They lie in `workbook_templates/`, and a bureau changes its copies in Word or WPS.
"""

from datetime import datetime
from pathlib import Path

from docx.oxml.ns import qn
from docx.shared import Pt

from xlflow.papers import Style, add_text, add_title, new_paper, to_bytes

TEMPLATES = Path(__file__).parents[1] / "workbook_templates"
TWO_LINES = Pt(56)
MADE = datetime.fromisoformat("2020-01-01T00:00:00")
LETTERS = {
    "missing_notice.docx": (
        "关于报送填报表的催报通知",
        "截至{{今日}}，你单位尚有{{份数}}份填报表没有报送：",
        "{{未报}}",
        "请按下发的模板填写。{{要求}}。已经报送的，请与我们核对。",
    ),
    "returned_notice.docx": (
        "关于修改填报表的退回通知",
        "你单位{{收到日期}}报送的{{表}}（第{{版本}}版）经核对，{{结论}}，现予退回。",
        "{{必须修改说明}}",
        "{{必须修改}}",
        "{{请核对说明}}",
        "{{请核对}}",
        "{{其余}}",
        "请在退回的填报表（{{结果文件}}）上修改，其中有问题的单元格已标出，“核对结果”工作表列有"
        "全部问题。{{要求}}。",
    ),
}


def main() -> None:
    """Write both templates."""
    for name, lines in LETTERS.items():
        (TEMPLATES / name).write_bytes(letter(*lines))


def letter(title: str, *lines: str) -> bytes:
    """Return a template: title, whom it is for, the lines, whom to ask, who signs and when."""
    paper = new_paper(title, MADE)
    add_title(paper, title)
    whom = add_text(paper, "{{单位}}：")._p.get_or_add_pPr().get_or_add_ind()
    whom.set(qn("w:firstLineChars"), "0")
    whom.set(qn("w:firstLine"), "0")
    *rest, last = lines
    for line in rest:
        add_text(paper, line)
    for line in (last, "{{联系方式}}"):  # who signs never stands on a page alone
        add_text(paper, line).paragraph_format.keep_with_next = True
    signed = add_text(paper, "{{落款}}", Style.SIGNED).paragraph_format
    signed.space_before, signed.keep_with_next = TWO_LINES, True
    add_text(paper, "{{日期}}", Style.SIGNED)
    return to_bytes(paper)


if __name__ == "__main__":
    main()
