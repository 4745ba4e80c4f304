"""A bureau's own .docx as the template of a report, filled in by docxtpl."""

import re
from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import BadZipFile

from docx.document import Document as Paper
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from xlflow import files, papers
from xlflow.errors import DefinitionError
from xlflow.messages import Text, text
from xlflow.report.blocks import Bars, Blocks, ChartKind
from xlflow.report.charts import draw
from xlflow.report.material import Material
from xlflow.report.variables import variables

# What a wrong template makes the libraries raise: no .docx, broken tags, unknown names.
_BROKEN = (
    TemplateError, PackageNotFoundError, BadZipFile, SyntaxError, KeyError, ValueError, TypeError,
    ArithmeticError, AttributeError,
)  # fmt: skip


_QUOTED = re.compile(r"'([^']*)'")


class _Names(ImmutableSandboxedEnvironment):
    """Names of ours and nothing behind them: a template is no program."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return not isinstance(obj, InlineImage) and super().is_safe_attribute(obj, attr, value)


def filled_template(
    template: Path, material: Material, blocks: Blocks, font: tuple[Path, int] | None
) -> Paper:
    """Return the paper that a template makes of a report.

    Raises DefinitionError, with the reason in one sentence, when the template is wrong.
    """
    content, values = files.read_bytes(template), variables(material)
    try:
        paper = DocxTemplate(BytesIO(content))
        charts = {
            each.kind: InlineImage(paper, BytesIO(draw(each, font)), papers.TEXT_WIDTH)
            for each in blocks
            if isinstance(each, Bars) and each.bars and font is not None
        }
        values["charts"] = {kind: charts.get(kind, "") for kind in get_args(ChartKind)}
        paper.render(values, _Names(undefined=StrictUndefined), autoescape=True)
    except _BROKEN as error:
        why = _reason(error)
        raise DefinitionError(
            text("report.template", name=template.name, why=why.zh).zh,
            text("report.template", name=template.name, why=why.en).en,
        ) from error
    filled: Paper = paper.docx
    return filled


def _reason(error: Exception) -> Text:
    """Return what is wrong with a template."""
    said = papers.one_line(str(error)) or type(error).__name__
    if isinstance(error, UndefinedError) and (names := _QUOTED.findall(said)):
        return text("report.template_name", name=names[-1])
    if isinstance(error, PackageNotFoundError | BadZipFile):
        return text("report.template_file")
    return text("report.template_tag", why=said)
