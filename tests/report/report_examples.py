"""Reports as the tests read them: the demo's ledger, and a .docx as lines and tables of text."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import Filled
from xlflow.facts import read_facts
from xlflow.files import write_bytes
from xlflow.forms import all_forms, load_form
from xlflow.issuing import fill, template_of
from xlflow.pipeline import open_ledger, run
from xlflow.report import Asked, Report, build_report
from xlflow.report.material import Material, chosen
from xlflow.scoring import load_profile
from xlflow.sums import scales_of


def opened(content: bytes) -> Paper:
    """Return the paper in a file."""
    return docx.Document(BytesIO(content))


def lines(paper: Paper) -> list[str]:
    """Return the text of every paragraph in order, those in tables too."""
    return [Paragraph(each, paper).text for each in paper.element.body.iter(qn("w:p"))]


def words(paper: Paper) -> str:
    """Return the whole text of a paper."""
    return "\n".join(lines(paper))


def rows(paper: Paper, caption: str) -> list[list[str]]:
    """Return the rows below the heading of the table with that caption."""
    tables = iter(paper.tables)
    for each in _captions_above_tables(paper):
        table = next(tables)
        if caption in each:
            return [[cell.text for cell in row.cells] for row in table.rows][1:]
    raise AssertionError(caption)


def _captions_above_tables(paper: Paper) -> Iterator[str]:
    before = ""
    for element in paper.element.body:
        if element.tag == qn("w:tbl"):
            yield before
        elif element.tag == qn("w:p"):
            before = Paragraph(element, paper).text


def report_on(
    workspace: Workspace,
    *,
    unit: str | None = None,
    project: str | None = None,
    year: int | None = None,
    template: Path | None = None,
) -> Report:
    """Return a report from the ledger of a workspace, not written anywhere."""
    forms = {form.name: form for form in all_forms(workspace.root)}
    with open_ledger(workspace) as ledger:
        return build_report(ledger, Asked(unit, project, year), forms=forms, template=template)


def material_on(workspace: Workspace, asked: Asked) -> Material:
    """Return what a report is written from; judged by the profile of the workspace."""
    forms = {form.name: form for form in all_forms(workspace.root)}
    scales = scales_of(forms.values())
    profile = load_profile(workspace.settings.profile, workspace.root)
    with open_ledger(workspace) as ledger:
        facts = read_facts(ledger)
        profiles = dict.fromkeys((each.id for each in facts.current), profile)
        return chosen(facts, asked, forms=forms, scales=scales, profiles=profiles)


def exercise_of(root: Path, profile: str, form: str, *submissions: Filled) -> Workspace:
    """Return a workspace in which these forms were handed in."""
    workspace = create_workspace(root, {"profile": profile})
    definition = load_form(form)
    for number, data in enumerate(submissions):
        content = fill(template_of(definition), definition, data)
        write_bytes(workspace.inbox / f"{number}.xlsx", content)
    run(workspace)
    return workspace
