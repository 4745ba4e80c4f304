"""A report as bytes: ledger in, finished .docx out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow.facts import read_facts
from xlflow.forms import Form
from xlflow.ledger import Ledger
from xlflow.papers import to_bytes
from xlflow.report.blocks import Bars, Blank
from xlflow.report.fonts import chinese_font
from xlflow.report.material import Asked, chosen
from xlflow.report.outline import as_of, blocks_of, title_of
from xlflow.report.paper import blanks_of, written
from xlflow.report.template import filled_template
from xlflow.scoring import read_profile
from xlflow.sums import scales_of


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report; `charts_left_out` says that this machine has no Chinese typeface."""

    title: str
    content: bytes
    blanks: tuple[Blank, ...]
    charts_left_out: bool


def build_report(
    ledger: Ledger, asked: Asked, *, forms: Mapping[str, Form], template: Path | None = None
) -> Report:
    """Return the report on what is asked, in our own style or in that of a template.

    The same ledger gives the same bytes. Raises UsageError when the ledger has nothing of it, or
    of several years and none is named, DefinitionError when the template is wrong.
    """
    facts = read_facts(ledger)
    profiles = {
        each.id: read_profile(each.profile or "", exact)
        for each in facts.current
        if each.profile_sha256 and (exact := ledger.profile_text(each.profile_sha256))
    }
    material = chosen(
        facts, asked, forms=forms, scales=scales_of(forms.values()), profiles=profiles
    )
    blocks, font = list(blocks_of(material)), chinese_font()
    if template is None:
        paper = written(title_of(material), blocks, as_of(facts), font)
    else:
        paper = filled_template(template, material, blocks, font)
    wanted = any(isinstance(each, Bars) and each.bars for each in blocks)
    title = title_of(material).replace("\n", "")
    return Report(
        title.replace("\n", ""), to_bytes(paper), blanks_of(paper), wanted and font is None
    )
