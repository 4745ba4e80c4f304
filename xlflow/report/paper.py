"""The blocks of a report as a .docx in the style of official documents."""

import re
from datetime import datetime
from itertools import count
from pathlib import Path

from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from xlflow import papers
from xlflow.messages import text
from xlflow.papers import Style
from xlflow.report.blocks import BLANKS, Bars, Blank, Blocks, Grid, Heading, Words
from xlflow.report.charts import draw

_BLANK = re.compile(r"【请填写：([^】]*)】")


def written(title: str, blocks: Blocks, as_of: datetime, font: tuple[Path, int] | None) -> Paper:
    """Return the paper of a report; without a font it has no charts."""
    paper = papers.new_paper(title, as_of)
    papers.add_title(paper, title)
    tables, pictures = count(1), count(1)
    before: Paragraph | None = None
    for block in blocks:
        match block:
            case Heading(words, level):
                papers.add_heading(paper, words, level)
            case Words(words, closing):
                if closing and before is not None:  # who signs never stands on a page alone
                    before.paragraph_format.keep_with_next = True
                before = papers.add_text(paper, words, Style.SIGNED if closing else "Normal")
            case Grid(caption, columns, rows):
                caption = f"表{next(tables)}　{caption}" if caption else ""
                papers.add_table(paper, caption, columns, rows)
            case Bars(_, caption, bars):
                if font is not None and bars:
                    words = f"图{next(pictures)}　{caption}"
                    papers.add_picture(paper, draw(block, font), words)
    return paper


def blanks_of(paper: Paper) -> tuple[Blank, ...]:
    """Return what a person must still write in a paper, with the heading it stands under."""
    in_english = {text(f"report.blank_{key}").zh: text(f"report.blank_{key}").en for key in BLANKS}
    headings = {
        style.style_id for style in paper.styles if (style.name or "").startswith("Heading")
    }
    found: list[Blank] = []
    section = ""
    for paragraph in paper.element.body.iter(qn("w:p")):
        said = "".join(part.text or "" for part in paragraph.iter(qn("w:t")))
        if paragraph.style in headings:
            section = said
        found += [
            Blank(section, words, in_english.get(words, words)) for words in _BLANK.findall(said)
        ]
    return tuple(found)
