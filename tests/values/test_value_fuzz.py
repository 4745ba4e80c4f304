"""Very many strings a cell could hold: nothing fails, and no number comes from nowhere.

`XLFLOW_FUZZ=100000 pytest tests/values/test_value_fuzz.py` runs as many of each kind as it says;
`XLFLOW_FUZZ_SEED` chooses other ones. A failure prints the seed and the text.
"""

import html
import json
import os
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import product
from pathlib import Path

import pytest

from xlflow.values import Op, Target, parse_target

DATA = Path(__file__).parents[1] / "data"
TIMES = int(os.environ.get("XLFLOW_FUZZ", "5000"))
SEED = int(os.environ.get("XLFLOW_FUZZ_SEED", "20221231"))

CHARACTERS = (
    "0123456789"
    * 4
    + ".,，。%％‰≥≤><=≧≦＞＜＝-—~～至到且约余多万亿千百十一二两三四五六七八九零点成"
    "元件个次人年月日季度底末前内以上下每不低于超过达比增长降完成率健全无未含本（）()[]【】:：∶/\\$"
    "《》、;；±+*#Xxkgm²㎡㎞℃①½Ⅲ０５９ \u3000\n\u200b"
)
FRAGMENTS = (
    "0 1 2 3 5 10 12 30 31 85 95 100 2022 0.5 1.5 99.9 3,000 1,234.56 ０ ９５ 二 两 三 十 "
    "十五 二十 九十 一百 三千 一万 百分之 千分之 ≥ ≤ > < = ＞＝ 不低于 不少于 不超过 "
    "低于 超过 至少 约 近 达到 控制在 每年 每月 每季度 全年 完成 增长 下降 较上年 提高 负 "
    "- — ~ 至 到 、 ， 且 ： : 比 % ％ ‰ 个百分点 百分点 万 亿 千 百 万元 亿元 元 元/人 "
    "元/亩 个 项 次 人 人次 家 件 天 个工作日 月 年 日 季度 小时 亩 公顷 平方米 ㎡ m² 公里 "
    "km 吨 kg 成 倍 分 级 余 多 左右 以上 以下 以内 及以上 之前 底 末 前 （含） (不含) （ "
    "） ( ) 【 】 满意度 合格率 健全 未 不 合格 覆盖 。 ； $ \\geq \\leq \\% <p> </p> &nbsp; "
    "¥ 人民币 第 ± +"
)

NUMERALS = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
HAN_RUN = re.compile(f"[{NUMERALS}]+(?:点[零〇一二三四五六七八九]+)?")
DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")}
DIGITS |= {sign: at for at, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")} | {"两": 2}
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
SCALES = {"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
ARABIC_RUN = re.compile(
    r"(?P<number>[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?(?:E[+-][0-9]+)?)"
    r"[(\[ ]*(?P<scale>万亿|千万|百万|亿|万|千(?![米克瓦伏卡帕赫])|百(?!分))?",
    re.I,
)
FALLS = re.compile(r"[-负±]|下降|降低|减少|压减|压缩|降|减")


def by_characters(chance: random.Random) -> str:
    return "".join(chance.choices(CHARACTERS, k=chance.randint(1, 16)))


def by_fragments(chance: random.Random) -> str:
    return "".join(chance.choices(FRAGMENTS.split(), k=chance.randint(1, 6)))


def by_mutation(chance: random.Random) -> str:
    text = chance.choice(real_values())
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.randint(0, 2))
        piece = chance.choice(
            [chance.choice(CHARACTERS), chance.choice(FRAGMENTS.split()), "", text[:at]]
        )
        text = text[:at] + piece + text[end:]
    return text


def real_values() -> tuple[str, ...]:
    if not _REAL:
        for name in ("seed_values.json", "value_readings.json"):
            rows = json.loads((DATA / name).read_text(encoding="utf-8"))
            _REAL.extend(row["raw"] for row in rows if len(row["raw"]) <= 30)
    return tuple(_REAL)


_REAL: list[str] = []


@pytest.mark.parametrize("build", [by_characters, by_fragments, by_mutation])
def test_every_number_read_stands_in_the_text(build: Callable[[random.Random], str]) -> None:
    chance = random.Random(f"{SEED} {build.__name__}")
    read = 0
    for _ in range(TIMES):
        raw = build(chance)
        target = parse_target(raw, year=chance.choice([None, 2022, 2024]))
        assert target.raw == raw
        assert (target.date is not None) == (target.op is Op.DATE), raw
        read += target.value is not None
        for value in (target.value, target.value_high):
            wrong = f"seed {SEED}: {raw!r} was read as {target.op} {value} {target.unit}"
            assert value is None or value in rebuilt(raw, target), wrong
        assert not left_out(target), f"seed {SEED}: {raw!r} says more than {target}"
    assert read > TIMES // 200


def test_the_oracle_knows_a_wrong_number() -> None:
    reading = parse_target("≥95%")
    assert Decimal(95) in set(rebuilt("≥95%", reading))
    assert Decimal(9) not in set(rebuilt("≥95%", reading))
    assert Decimal(950000) not in set(rebuilt("≥95%", reading))
    assert not set(rebuilt("健全", reading))


def rebuilt(raw: str, target: Target) -> set[Decimal]:
    """Return every number the digits of a text can mean, by other ways than the parser's."""
    text = folded(raw)
    numbers = set(arabic(text, shared=target.op is Op.RANGE)) | set(chinese(text))
    if "成" in text:
        numbers |= {number * 10 for number in numbers}
    numbers |= {cleaned for number in numbers for cleaned in without_float_error(number)}
    if target.op not in (Op.RANGE, Op.BARE) and re.search("[:比]", text):
        numbers |= {ratio(left, right) for left, right in product(numbers, numbers) if right}
    if FALLS.search(text):
        numbers |= {number.copy_negate() for number in numbers}
    return numbers


def folded(raw: str) -> str:
    tagless = re.sub("(?<![0-9])</?p>|</?p>(?![0-9])|\u200b", "", html.unescape(raw))
    signs = (sign if sign in "²³①½" else unicodedata.normalize("NFKC", sign) for sign in tagless)
    text = "".join("".join(signs).replace("∶", ":").split())
    return re.sub("(?<=m)[23]", "", re.sub("[—–－]", "-", text))


def arabic(text: str, *, shared: bool) -> Iterator[Decimal]:
    scales = [0, *(SCALES[found["scale"]] for found in ARABIC_RUN.finditer(text) if found["scale"])]
    for found in ARABIC_RUN.finditer(text):
        number = Decimal(found["number"].replace(",", ""))
        own = SCALES.get(found["scale"] or "", 0)
        for scale in {own, *scales} if shared else {own}:
            yield number.scaleb(scale)


def chinese(text: str) -> Iterator[Decimal]:
    if "百分之百" in text or "百分百" in text:
        yield Decimal(100)
    for found in HAN_RUN.finditer(re.sub("[百千]分之", " ", text)):
        whole, _, decimals = found[0].partition("点")
        total = section = digit = 0
        for sign in whole:
            if sign in DIGITS:
                digit = DIGITS[sign]
            elif sign in PLACES:
                section, digit = section + (digit or 1) * PLACES[sign], 0
            elif sign == "万":
                total, section, digit = total + (section + digit) * 10**4, 0, 0
            else:
                total, section, digit = (total + section + digit) * 10**8, 0, 0
        behind = "".join(str(DIGITS[sign]) for sign in decimals)
        yield Decimal(f"{total + section + digit}.{behind or 0}")


def without_float_error(number: Decimal) -> Iterator[Decimal]:
    """Return a number of more digits than people write as the short one it was before a float."""
    if len(number.as_tuple().digits) >= 12:
        if abs(number) < 1:
            yield round(number, 4) * 100
        if number.adjusted() < 12:
            yield round(number, 14 - number.adjusted())


def ratio(left: Decimal, right: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec, context.rounding = 160, ROUND_HALF_UP
        return (left / right).quantize(Decimal("1E-10"))


def left_out(target: Target) -> bool:
    """Return whether one number was taken from a text that has several outside of brackets."""
    if target.value is None or target.value_high is not None or ":" in folded(target.raw):
        return False
    outside = re.sub(r"\([^()]*\)", "", folded(target.raw))
    if re.search("[0-9][百千万亿]?[一二两三四五六七八九]", outside):
        return True
    return len(re.findall(r"[0-9][0-9,.]*", outside)) > 1 and "比" not in outside
