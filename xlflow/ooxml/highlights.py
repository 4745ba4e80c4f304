"""Highlights: conditional formats of xlflow's own, so that no cell's own format is touched."""

import re
from collections.abc import Mapping, Sequence

from xlflow.ooxml import splice
from xlflow.ooxml.reference import Area
from xlflow.ooxml.sheetparts import tail_start, with_child

FORMULA = b'ISTEXT("xlflow")'  # always true, and nobody else writes it
_PRIORITY = re.compile(rb"""\spriority\s*=\s*["'](-?[0-9]+)["']""")
_FORMAT = re.compile(
    rb"<(?P<prefix>(?:[\w.-]+:)?)conditionalFormatting(?=[\s>])[^>]*>"
    rb"(?P<rules>.*?)</(?P=prefix)conditionalFormatting\s*>",
    re.DOTALL,
)
_RULE = re.compile(
    rb"<((?:[\w.-]+:)?)cfRule(?=\s)[^>]*>\s*<\1formula>\s*"
    rb"""ISTEXT\((?:"|&quot;)xlflow(?:"|&quot;)\)\s*</\1formula>\s*</\1cfRule\s*>"""
)
_TOLD_BY = b"ISTEXT("


def with_highlights(data: bytes, areas: Mapping[int, Sequence[Area]]) -> bytes:
    """Return a worksheet part in which areas look as a differential format says, by its index.

    Rules that are there keep their numbers: ours come before them where there is room, else
    behind them.
    """
    taken = [int(number) for number in _PRIORITY.findall(data, tail_start(data))]
    first = 1 if min(taken, default=len(areas) + 1) > len(areas) else max(taken) + 1
    prefix = splice.root_prefix(data)
    fragment = b"".join(
        b'<%(p)sconditionalFormatting sqref="%(areas)s"><%(p)scfRule type="expression"'
        b' dxfId="%(look)d" priority="%(n)d"><%(p)sformula>%(formula)s</%(p)sformula>'
        b"</%(p)scfRule></%(p)sconditionalFormatting>"
        % {
            b"p": prefix,
            b"areas": " ".join(map(str, marked)).encode(),
            b"look": look,
            b"n": number,
            b"formula": FORMULA,
        }
        for number, (look, marked) in enumerate(areas.items(), first)
    )
    return with_child(data, b"conditionalFormatting", fragment)


def has_highlights(data: bytes) -> bool:
    """Return whether a worksheet part has a highlight of ours."""
    return _TOLD_BY in data and _RULE.search(data) is not None


def without_highlights(data: bytes) -> bytes:
    """Return a worksheet part without highlights of ours, wherever a person copied them."""
    return _FORMAT.sub(_kept, data) if has_highlights(data) else data


def _kept(match: re.Match[bytes]) -> bytes:
    rules = _RULE.sub(b"", match["rules"])
    if rules == match["rules"]:
        return match[0]
    if b"cfRule" not in rules:
        return b""
    return match[0].replace(match["rules"], rules)
