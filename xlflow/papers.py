"""Papers in the style of official documents (GB/T 9704), as .docx that Word and WPS can edit.

Importing this module imports python-docx; callers import it late. What a paper looks like stands
in its styles alone, so that a person changes it in one place: `Title`, `Heading 1` to `Heading 4`
(numbered 一、（一）1.（1） by Word itself), `Normal`, `Caption` and the styles named here.
"""

import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import escape
from io import BytesIO

import docx
from docx.document import Document as Paper
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.styles.style import CharacterStyle, ParagraphStyle
from docx.text.paragraph import Paragraph

LATIN = "Times New Roman"
# What each typeface is replaced by where it is not installed; Word and WPS read it in fontTable.
FALLBACKS = {
    "方正小标宋简体": "宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
_XIAOBIAOSONG, _FANGSONG, _KAITI, _HEITI, _SONGTI = FALLBACKS
_ERHAO, _SANHAO, _SIHAO, _WUHAO = Pt(22), Pt(16), Pt(14), Pt(10.5)
_LINE = Pt(28)
TEXT_WIDTH: Length = Mm(156)
_KEPT = {
    "Normal", "Title", "Caption", "Footer", "Normal Table", "Default Paragraph Font", "No List",
    *(f"Heading {level}" for level in range(1, 5)),
}  # fmt: skip
_NUMBERS = (
    ("chineseCountingThousand", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "（%4）"),
)
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")
_BLANK = re.compile(r"(【请填写[^】]*】)")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNDIVIDED = 10  # lines of a table that is not divided: a quarter of a page
_HEAD = "<w:tblHeader/>"
_ZIP_DATE = (2020, 1, 1, 0, 0, 0)
# Of the library's own template: a picture of it, and its styles once more for Word 2007.
_NOT_OURS = ("/metadata/thumbnail", "/stylesWithEffects", "/customXml")


class Style(StrEnum):
    """The styles of ours beside Word's own."""

    CELL = "表格文字"
    CELL_MIDDLE = "表格居中"
    CELL_NUMBER = "表格数字"
    TABLE = "公文表格"
    PICTURE = "图"
    SIGNED = "落款"
    BLANK = "待填写"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and the style of its cells."""

    heading: str
    share: int
    style: Style = Style.CELL


def new_paper(title: str, as_of: datetime) -> Paper:
    """Return an empty paper: A4, margins, styles, page numbers; `as_of` is its date in the file."""
    paper = docx.Document()
    _page(paper)
    _styles(paper)
    _numbering(paper)
    _page_numbers(paper)
    properties = paper.core_properties
    properties.title, properties.author, properties.comments = one_line(title), "xlflow", ""
    properties.created = properties.modified = as_of
    return paper


def add_title(paper: Paper, words: str) -> None:
    """Add the title of the paper; a line break in it stands."""
    paper.add_paragraph("\n".join(map(one_line, words.split("\n"))), "Title")


def add_heading(paper: Paper, words: str, level: int) -> None:
    """Add a heading of level 1 to 4; its number is Word's."""
    paper.add_paragraph(one_line(words), f"Heading {level}")


def add_text(paper: Paper, words: str, style: str = "Normal") -> Paragraph:
    """Return a paragraph of one line of text that was added."""
    return paper.add_paragraph(one_line(words), style)


def add_table(
    paper: Paper, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]
) -> None:
    """Add a table with its caption above.

    The heading repeats on each page; no row is divided, and no short table.
    """
    if caption:
        paper.add_paragraph(one_line(caption), "Caption").paragraph_format.keep_with_next = True
    whole = sum(column.share for column in columns)
    widths = [TEXT_WIDTH.twips * column.share // whole for column in columns]
    styles = [paper.styles[column.style].style_id for column in columns]
    middle = paper.styles[Style.CELL_MIDDLE].style_id
    body = list(rows)
    # Composed as text: the library takes five milliseconds for a row.
    head = _row([column.heading for column in columns], [middle] * len(columns), widths, _HEAD)
    lines = "".join(
        _row(row, styles, widths, keep_with_next=kept)
        for row, kept in zip(body, _kept_together(body, widths), strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{paper.styles[Style.TABLE].style_id}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{lines}</w:tbl>"
    )
    paper.element.body.sectPr.addprevious(table)


def add_picture(paper: Paper, png: bytes, words: str, width: Length = TEXT_WIDTH) -> None:
    """Add a picture with its caption below; `words` also is what a screen reader says."""
    paragraph = paper.add_paragraph(style=Style.PICTURE)
    shape = paragraph.add_run().add_picture(BytesIO(png), width=width)
    shape._inline.docPr.set("descr", one_line(words))
    for side in ("distT", "distB", "distL", "distR"):  # else LibreOffice adds 3 mm on each
        shape._inline.set(side, "0")
    paper.add_paragraph(one_line(words), "Caption")


def highlight_blanks(paper: Paper) -> None:
    """Give each 【请填写：…】 of a paper the style of what a person still has to write."""
    if Style.BLANK not in paper.styles:
        _blank_style(paper)
    identifier = paper.styles[Style.BLANK].style_id
    for run in list(paper.element.body.iter(qn("w:r"))):
        for written in run.findall(qn("w:t")):
            if _BLANK.search(written.text or ""):
                _divide(run, identifier)
                break


def to_bytes(paper: Paper) -> bytes:
    """Return the file of a paper; the same paper gives the same bytes at any time."""
    highlight_blanks(paper)
    buffer = BytesIO()
    paper.save(buffer)
    return repacked(buffer.getvalue())


def repacked(package: bytes) -> bytes:
    """Return a package whose parts bear a fixed date."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(package)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return result.getvalue()


def clean(words: str) -> str:
    r"""Return a text without the characters that no XML may hold.

    >>> clean("一\x0b二\x00三")
    '一二三'
    """
    return _NOT_IN_XML.sub("", words)


def one_line(words: str) -> str:
    r"""Return a text without line breaks and the characters that no XML may hold.

    >>> one_line("第一条\n第二条 ")
    '第一条 第二条'
    """
    return " ".join(clean(words).split())


# -- page and styles -----------------------------------------------------------------------------


def _page(paper: Paper) -> None:
    for relations in (paper.part.package.rels, paper.part.rels):
        for identifier, relation in list(relations.items()):
            if relation.reltype.endswith(_NOT_OURS):
                del relations[identifier]
    paper.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)._blob = _font_table()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in FALLBACKS.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    )


def _styles(paper: Paper) -> None:
    _drop_styles(paper)
    normal = _paragraph_style(paper, "Normal", _FANGSONG, _SANHAO)
    normal.paragraph_format.alignment = ALIGN.JUSTIFY
    _indented(normal)
    title = _paragraph_style(paper, "Title", _XIAOBIAOSONG, _ERHAO)
    title.paragraph_format.alignment = ALIGN.CENTER
    title.paragraph_format.line_spacing = Pt(36)
    title.paragraph_format.space_after = _LINE
    for level, typeface in enumerate((_HEITI, _KAITI, _FANGSONG, _FANGSONG), 1):
        heading = _paragraph_style(paper, f"Heading {level}", typeface, _SANHAO)
        heading.font.bold = level == 3
        _indented(heading)
        heading.paragraph_format.keep_with_next = True
        heading.next_paragraph_style = normal
    caption = _paragraph_style(paper, "Caption", _HEITI, Pt(12))
    caption.paragraph_format.alignment = ALIGN.CENTER
    caption.paragraph_format.space_before = Pt(4)
    for style, align in (
        (Style.CELL, ALIGN.LEFT),
        (Style.CELL_MIDDLE, ALIGN.CENTER),
        (Style.CELL_NUMBER, ALIGN.RIGHT),
    ):
        cell = _paragraph_style(paper, style, _FANGSONG, _WUHAO)
        cell.paragraph_format.alignment = align
        cell.paragraph_format.line_spacing = 1.0
        cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
    picture = _paragraph_style(paper, Style.PICTURE, _FANGSONG, _WUHAO)
    picture.paragraph_format.alignment = ALIGN.CENTER
    picture.paragraph_format.line_spacing = 1.0
    picture.paragraph_format.space_before = Pt(8)
    picture.paragraph_format.keep_with_next = True
    signed = _paragraph_style(paper, Style.SIGNED, _FANGSONG, _SANHAO)
    signed.paragraph_format.alignment = ALIGN.RIGHT
    signed.paragraph_format.right_indent = Pt(64)  # 右空四字
    signed.paragraph_format.space_before = Pt(14)
    footer = _paragraph_style(paper, "Footer", _SONGTI, _SIHAO)
    footer.paragraph_format.line_spacing = 1.0
    _blank_style(paper)
    _table_style(paper)


def _drop_styles(paper: Paper) -> None:
    for style in list(paper.styles):
        if style.name not in _KEPT:
            style.delete()
    for link in list(paper.styles.element.iter(qn("w:link"))):
        link.getparent().remove(link)
    defaults = paper.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}")
    if defaults is not None:
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")


def _paragraph_style(paper: Paper, name: str, typeface: str, size: Length) -> ParagraphStyle:
    """Return a style, set from the ground up: what the library's template says is taken away."""
    if name in paper.styles:
        style = paper.styles[name]
        for old in (style.element.pPr, style.element.rPr):
            if old is not None:
                style.element.remove(old)
    else:
        style = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(name)
    style.base_style = None  # a title or a cell takes nothing over from the text
    style.quick_style, style.hidden = True, False
    _typeface(style, typeface)
    style.font.size = size
    spacing = style.paragraph_format
    spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    spacing.space_before = spacing.space_after = Pt(0)
    return style


def _typeface(style: CharacterStyle, typeface: str) -> None:
    style.font.name = LATIN
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), typeface)
    fonts.set(qn("w:cs"), LATIN)


def _indented(style: ParagraphStyle) -> None:
    """Indent the first line by two characters, whatever their size becomes."""
    style.paragraph_format.first_line_indent = Length((style.font.size or 0) * 2)
    indent = style.element.get_or_add_pPr().find(qn("w:ind"))
    if indent is not None:
        indent.set(qn("w:firstLineChars"), "200")


def _blank_style(paper: Paper) -> None:
    style = paper.styles.add_style(Style.BLANK, WD_STYLE_TYPE.CHARACTER)
    # A style of Word can not be highlighted; shading looks the same and goes into one.
    style.element.get_or_add_rPr().append(
        parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="FFFF00"/>')
    )


def _table_style(paper: Paper) -> None:
    style = paper.styles.add_style(Style.TABLE, WD_STYLE_TYPE.TABLE)
    style.base_style = paper.styles["Normal Table"]
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in _BORDERS
    )
    style.element.append(
        parse_xml(
            f'<w:tblPr {nsdecls("w")}><w:jc w:val="center"/><w:tblBorders>{lines}</w:tblBorders>'
            '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr>"
        )
    )
    style.element.append(parse_xml(f'<w:tcPr {nsdecls("w")}><w:vAlign w:val="center"/></w:tcPr>'))
    style.element.append(
        parse_xml(
            f'<w:tblStylePr {nsdecls("w")} w:type="firstRow"><w:rPr><w:b/></w:rPr>'
            '<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/></w:tcPr></w:tblStylePr>'
        )
    )


def _numbering(paper: Paper) -> None:
    """Number the headings: one list of four levels, tied to the heading styles."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{counting}"/>'
        f'<w:pStyle w:val="Heading{level + 1}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{shown}"/><w:lvlJc w:val="left"/><w:pPr>'
        f'<w:ind w:left="0" w:firstLineChars="200" w:firstLine="{_SANHAO.twips * 2}"/>'
        "</w:pPr></w:lvl>"
        for level, (counting, shown) in enumerate(_NUMBERS)
    )
    numbering = paper.part.numbering_part.element
    for old in list(numbering):
        numbering.remove(old)
    numbering.append(
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="0">'
            f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        )
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="1"><w:abstractNumId w:val="0"/></w:num>')
    )
    for level in range(1, 5):
        properties = paper.styles[f"Heading {level}"].element.get_or_add_pPr()
        number = properties.get_or_add_numPr()
        number.get_or_add_ilvl().val = level - 1
        number.get_or_add_numId().val = 1
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), str(level - 1))
        properties.append(outline)


def _page_numbers(paper: Paper) -> None:
    """Number the pages as the standard has it: outside, one character from the edge."""
    paper.settings.odd_and_even_pages_header_footer = True
    section = paper.sections[0]
    for footer, align in (
        (section.footer, ALIGN.RIGHT),
        (section.even_page_footer, ALIGN.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = "Footer"
        spacing = paragraph.paragraph_format
        spacing.alignment = align
        spacing.left_indent = spacing.right_indent = _SIHAO
        paragraph.add_run("— ")
        field = parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
        paragraph._p.append(field)
        paragraph.add_run(" —")


def _kept_together(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[bool]:
    """Yield for each row whether it stays on the page of the next one.

    So do all of a short table; of a long one the first two and the last two.
    """
    last = len(rows) - 1
    short = sum(_lines(row, widths) for row in rows) <= _UNDIVIDED
    for number in range(len(rows)):
        yield number < last and (short or number in (0, last - 1))


def _lines(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Return how many lines a row takes, each sign as wide as a Chinese one."""
    return max(
        math.ceil(len(words) * _WUHAO.twips / width) or 1
        for words, width in zip(texts, widths, strict=True)
    )


def _row(
    texts: Sequence[str],
    styles: Sequence[str],
    widths: Sequence[int],
    properties: str = "",
    *,
    keep_with_next: bool = True,
) -> str:
    keep = "<w:keepNext/>" if keep_with_next else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/>{keep}</w:pPr><w:r>{_text(words)}</w:r></w:p></w:tc>'
        for words, style, width in zip(texts, styles, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>{cells}</w:tr>"


def _text(words: str) -> str:
    """Return the text of a run; a line break in it stays one."""
    lines = escape(clean(words), quote=False).splitlines()
    return "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)


def _divide(run: BaseOxmlElement, style: str) -> None:
    """Divide a run so that each blank in it stands in a run of its own."""
    properties = run.find(qn("w:rPr"))
    for child in list(run):
        if child is properties:
            continue
        words = child.text or "" if child.tag == qn("w:t") else None
        for part in [None] if words is None else filter(None, _BLANK.split(words)):
            piece = OxmlElement("w:r")
            if properties is not None:
                piece.append(deepcopy(properties))
            if part is None:
                piece.append(child)
            else:
                if _BLANK.fullmatch(part):
                    piece.get_or_add_rPr().get_or_add_rStyle().val = style
                text = OxmlElement("w:t")
                text.text = part
                text.set(qn("xml:space"), "preserve")
                piece.append(text)
            run.addprevious(piece)
    run.getparent().remove(run)
