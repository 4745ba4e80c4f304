"""Checks of the table of indicators: each stands there once, in its class, and is the project's."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.review.indicators import Indicator, cells_shown, names_shown
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.values import Op, normalise

_EXECUTION = re.compile(r"(?:部门|整体|项目|全年|年度)?预算(?:资金)?执行率")
# What any project has: words that say nothing of what this one is about.
_GENERAL = re.compile(
    r"预算|资金|财务|经费|支出|成本|费用|采购|合同|资产|报告|区域|市政|必要|绩效|自评|监控|监理|投入|执行|"
    r"项目|工作|任务|计划|目标|指标|工程|验收|完成|完工|竣工|实施|开展|达到|做好|落实|"
    r"数量|质量|时效|时间|时限|效率|效益|效果|成果|结果|社会|经济|生态|环境|可持续|长期|长效|影响|"
    r"及时|按时|按期|合格|优良|达标|覆盖|普及|公开|公示|准确|到位|有效|规范|合规|合理|健全|完善|完备|完整|可控|一致|稳定|"
    r"提升|提高|促进|推进|推动|保障|保证|确保|维护|改善|增强|加强|优化|减少|降低|发展|服务|支持|支撑|"
    r"满意|知晓|认可|群众|公众|市民|居民|职工|人员|对象|单位|企业|部门|相关|使用|受益|管理|制度|机制|体系|措施|方案|"
    r"档案|信息|共享|协作|协助|配套|设施|人力|资源|人才|专业|能力|水平|程度|情况|比例|总数|总量|个数|次数|人数|"
    r"全体|全年|年度|本年|建设|运行|运维|更新|办公|设备|[数率度性量的和与及对于在是否均个次项人年月日]"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_OF_THE_PROJECT = re.compile(r"产出|效果|效益|完成")
_LEAST_SAID = 150
_TIME = re.compile(r"及时(?:率|性|度)?$|按时|按期|时效性$|完成时间$|时限$")
_QUALITY = re.compile(r"(?:合格|优良)率$")
_CLASSES = ("数量", "质量", "时效", "成本")


def indicators_stand_there_once(case: Case) -> Iterator[Finding]:
    """No indicator stands twice with the same target.

    That 预算执行率 is scored beside the execution points is a note, where the two rates differ.
    """
    first: dict[tuple[str, str], Indicator] = {}
    pairs: list[tuple[Indicator, Indicator]] = []
    for row in case.indicators:
        if row.target.op is Op.NONE:
            continue
        seen = first.setdefault((row.key, normalise(row.target.raw)), row)
        if seen is not row:
            pairs.append((seen, row))
    if pairs:
        firsts, seconds = (
            cells_shown(case.cell(f"{pair[side].at}/level3") for pair in pairs) for side in (0, 1)
        )
        what = text(
            "review.twice",
            rows=len(pairs),
            names=names_shown([in_quotes(row.name) for row, _ in pairs]),
            cells=firsts,
            others=seconds,
        )
        place = case.place(f"{pairs[0][1].at}/level3")
        yield Finding(place, {"what": what.zh, "what_en": what.en})
    yield from _execution_twice(case)


def _execution_twice(case: Case) -> Iterator[Finding]:
    score = case.score_of(FUNDS_TOTAL)
    if score is None or score.weight is None or score.actual is None:
        return
    for row in case.indicators:
        if not row.key.endswith("执行率") or not _EXECUTION.fullmatch(row.key):
            continue
        weighs = row.score is not None and row.score.weight is not None
        if weighs and normalise(row.actual.raw) != normalise(score.actual):
            what = text(
                "review.execution_twice",
                rate=score.actual,
                cell=case.cell(f"{FUNDS_TOTAL}/score"),
                actual=row.actual.raw,
            )
            place = case.place(f"{row.at}/actual")
            yield Finding(place, {"what": what.zh, "what_en": what.en}, Severity.NOTE)


def indicators_are_the_projects(case: Case) -> Iterator[Finding]:
    """An indicator shares a word with the project: its name, account of itself, goals and plan.

    Of outputs and effects only: management is alike everywhere. Words that any project has do not
    count, nor do indicators made of such words alone, nor who is asked whether he is satisfied.
    """
    if not case.document.text("/project"):
        return
    said = "".join(prose for _, prose in case.prose)
    if len(said) < _LEAST_SAID:
        return
    said = normalise(said + "".join(_items(case)))
    foreign = [
        row
        for row in case.indicators
        if _OF_THE_PROJECT.search(row.level1)
        and "满意" not in row.key  # who is asked has many names
        and _shares_no_word(row.key, said)
    ]
    if foreign:
        yield Finding(
            case.place(f"{foreign[0].at}/level3"),
            {
                "rows": len(foreign),
                "names": names_shown([in_quotes(row.name) for row in foreign]),
                "cells": cells_shown(case.cell(f"{row.at}/level3") for row in foreign),
            },
        )


def _items(case: Case) -> Iterator[str]:
    for row in case.document.rows("/composition"):
        yield case.document.text(f"{row}/item") or ""


def _shares_no_word(key: str, said: str) -> bool:
    words = _own_words(key)
    return bool(words) and not any(word in said for word in words)


@lru_cache(maxsize=16384)
def _own_words(key: str) -> tuple[str, ...]:
    """Return each two neighbouring signs of a name that are of no general word."""
    rest = _GENERAL.sub(" ", key)
    return tuple(
        run[start : start + 2] for run in _HAN.findall(rest) for start in range(len(run) - 1)
    )


def indicators_stand_in_their_class(case: Case) -> Iterator[Finding]:
    """What is about time stands under 时效, a rate of quality under 质量; a question, no more."""
    wrong = [row for row in case.indicators if _is_elsewhere(row.key, row.level2)]
    if wrong:
        yield Finding(
            case.place(f"{wrong[0].at}/level3"),
            {
                "rows": len(wrong),
                "name": in_quotes(wrong[0].name),
                "level": wrong[0].level2,
                "cells": cells_shown(case.cell(f"{row.at}/level3") for row in wrong),
            },
        )


@lru_cache(maxsize=16384)
def _is_elsewhere(key: str, level2: str) -> bool:
    own = next((each for each in _CLASSES if each in level2), None)
    if own is None:
        return False
    if _TIME.search(key):
        return own != "时效"
    if _QUALITY.search(key):
        return own in ("数量", "时效")
    return "满意度" in key and not key.endswith("率")


BELONGING_CHECKS: Mapping[str, Check] = {
    "C59": indicators_stand_there_once,
    "C60": indicators_are_the_projects,
    "C63": indicators_stand_in_their_class,
}
