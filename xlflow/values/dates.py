"""Deadlines: the last day that still meets what a date, a month or a period says."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date

from xlflow.values.numbers import HAN, chinese_number

NO_SUCH_DAY = "没有这一天，请核对日期"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2}|[0-9]{2}(?=年))"
_BEFORE = (
    r"(?:预计|预期|计划|拟|力争|争取|确保|务必|实际|已|应|须|需|于|在|到|至|截至|截止到|截止|"
    r"不晚于|不迟于|最迟|最晚|≤|=)*"
)
_DONE = (
    r"(?:(?:全部|全面|基本|按时|按期|如期|实际|已经?)*"
    r"(?:完成|办结|完工|竣工|建成|开工|验收|提交|支付|拨付|发放|结束|交付|上线)+)?"
)
_AFTER = rf"(?P<before>前|之前|以前)?(?:止|为止)?{_DONE}"
_TIME = r"(?:[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{1,2}时)?"
# Half of it by a day is another goal than all of it.
_SPENT = r"(?P<rest>(?:支出|完成|执行|支付|拨付|到位)(?:率|进度)?(?:达到?)?100%)?"

_DAY = re.compile(
    rf"{_BEFORE}(?:{_YEAR}年|[当本]年|{_YEAR.replace('year', 'year2')}(?P<sign>[./-]))?"
    rf"(?P<month>[0-9]{{1,2}})(?(sign)(?P=sign)|月)(?P<day>[0-9]{{1,2}})[日号]?"
    rf"{_TIME}(?P<bottom>)(?P<part>){_AFTER}{_SPENT}"
)
_MONTH = re.compile(
    rf"{_BEFORE}(?:{_YEAR}年|[当本]年|{_YEAR.replace('year', 'year2')}(?P<sign>[./-]))?"
    rf"(?P<month>[0-9]{{1,2}})(?(sign)月?|月份?)"
    rf"(?P<part>上旬|中旬|下旬)?(?P<bottom>月?底|月?末)?{_AFTER}{_SPENT}"
)
_QUARTER = re.compile(
    rf"{_BEFORE}(?:{_YEAR}年度?)?(?:第?(?P<first>[一二三1-3])(?:季度)?(?:-+|~|至|到))?"
    rf"(?P<period>第?[一二三四]季度|第[1-4]季度|(?(first)[1-4]季度|[1-4]季度(?=末|底))|"
    rf"上半年|下半年|全年|本年度?|当年|年(?=底|末|内|终))(?P<bottom>底|末|内|终)?{_AFTER}"
)
_WHOLE_YEAR = re.compile(rf"{_BEFORE}{_YEAR}年度?(?P<bottom>底|末|年底|年末|内|终)?{_AFTER}")
_MONTHS = re.compile(
    rf"(?:{_YEAR}年)?(?P<first>[0-9]{{1,2}})月?份?(?:-+|~|至|到)"
    rf"(?:(?P<last_year>(?:19|20)[0-9]{{2}})年)?(?P<month>[0-9]{{1,2}})月份?(?:底|末)?"
)
_ONE_DAY = r"(?:((?:19|20)[0-9]{2})[年./-])?([0-9]{1,2})[月./-]([0-9]{1,2})日?"
_INTERVAL = re.compile(rf"(?:自|从)?{_ONE_DAY}(?:起)?(?:-+|~|至|到){_ONE_DAY}(?:止)?{_DONE}")
_YEARS = re.compile(
    r"(?:(?:19|20)[0-9]{2})年?(?:-+|~|至|到)(?:(?:19|20)[0-9]{2})(?:年(?:度|期间)?)?"
    r"|(?P<only>(?:19|20)[0-9]{2})年(?:度)?期间"
    r"|(?:19|20)[0-9]{2}[./][0-9]{1,2}(?:-+|~|至|到)(?:19|20)[0-9]{2}[./][0-9]{1,2}"
)
_DOTTED = r"(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12][0-9]|3[01])"
_DOTTED_DAYS = re.compile(rf"{_DOTTED}(?:-+|~|至|到){_DOTTED}")
_EIGHT_DIGITS = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

_HAN_YEAR = re.compile(r"[零〇一二三四五六七八九]{4}(?=年)")
_HAN_DAY = re.compile(rf"{HAN}(?=[月日号])")
_HAN_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_PERIOD_MONTHS = {"上半年": 6, "下半年": 12, "全年": 12, "本年": 12, "当年": 12, "年": 12}
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_MAY_BE_A_DATE = re.compile(r"[年月季]|[0-9][./-][0-9]|[0-9]{8}")

NO_YEAR = "没有写年份，无法确定是哪一天"
AS_MONTH_END = "只写到月份，按当月最后一天理解"
AS_YEAR_END = "只写到年份，按当年12月31日理解"
YEAR_FROM_FORM = "年份取自表格的年度"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The reading of a written time: a last day, or why none can be told.

    `wrong` says that the writing contradicts itself (30 February, an end before its start);
    without a day and not wrong, the writing is a time that fixes no day.
    """

    day: date | None = None
    wrong: bool = False
    text: str | None = None
    notes: tuple[str, ...] = ()


def read_deadline(text: str, year: int | None = None) -> Deadline | None:
    """Return what a normalised text says about a time, or None when it speaks of none.

    >>> read_deadline("2024年2月底").day
    datetime.date(2024, 2, 29)
    >>> read_deadline("一季度末", 2022).day
    datetime.date(2022, 3, 31)
    >>> read_deadline("11月底").day is None
    True
    >>> read_deadline("20件") is None
    True
    """
    if not _MAY_BE_A_DATE.search(text):
        return None
    written = _arabic(text)
    for read in (_years, _interval, _months, _day, _month, _quarter, _whole_year):
        deadline = read(written, year)
        if deadline:
            doubt = doubt_about_year(deadline.day, year)
            return replace(deadline, notes=(*deadline.notes, *doubt)) if doubt else deadline
    return None


def doubt_about_year(day: date | None, year: int | None) -> tuple[str, ...]:
    """Return the note on a day that lies far from the year of its form.

    >>> doubt_about_year(date(2036, 12, 31), 2020)
    ('年份可疑：表格是2020年的，这里写的是2036年',)
    """
    if day is None or year is None or abs(day.year - year) <= 5:
        return ()
    return (f"年份可疑：表格是{year}年的，这里写的是{day.year}年",)


def month_end(year: int, month: int) -> date:
    """Return the last day of a month.

    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return date(year, month, calendar.monthrange(year, month)[1])


def _arabic(text: str) -> str:
    text = _HAN_YEAR.sub(lambda found: found[0].translate(_HAN_DIGITS), text)
    return _HAN_DAY.sub(_arabic_day, text)


def _arabic_day(found: re.Match[str]) -> str:
    number = chinese_number(found[0])
    return found[0] if number is None or number != int(number) else str(int(number))


def _years(text: str, year: int | None) -> Deadline | None:
    if _EIGHT_DIGITS.fullmatch(text):
        return Deadline(notes=("八位数字可能是日期，也可能是数量，请写明",))
    if _DOTTED_DAYS.fullmatch(text):
        return Deadline(notes=("可能是日期区间，也可能是数值区间，请写明",))
    found = _YEARS.fullmatch(text)
    if found:
        only = date(int(found["only"]), 12, 31) if found["only"] else None
        doubt = doubt_about_year(only, year)
        return Deadline(notes=("这是时间区间，不是数量，也没有写明完成日期", *doubt))
    return None


def _interval(text: str, year: int | None) -> Deadline | None:
    found = _INTERVAL.fullmatch(text)
    if not found or not (found[1] or "月" in text):
        return None
    first_year = int(found[1]) if found[1] else year
    last_year = int(found[4]) if found[4] else first_year
    if first_year is None or last_year is None:
        return Deadline(notes=(NO_YEAR,))
    first = _date(first_year, int(found[2]), int(found[3]))
    last = _date(last_year, int(found[5]), int(found[6]))
    if first is None or last is None:
        return _no_such_day()
    if last < first:
        return Deadline(wrong=True, notes=("起止时间颠倒：结束日期早于开始日期",))
    return Deadline(last, notes=("写的是起止时间，按结束日期理解",))


def _months(text: str, year: int | None) -> Deadline | None:
    found = _MONTHS.fullmatch(text)
    if not found:
        return None
    first_year, last_year = found["year"], found["last_year"]
    if last_year and not first_year:
        return Deadline(notes=("起止时间只有一端写了年份",))
    start = (first_year or "", int(found["first"]))
    if start > (last_year or first_year or "", int(found["month"])):
        return Deadline(wrong=True, notes=("起止时间颠倒：结束月份早于开始月份",))
    if not 1 <= int(found["first"]) <= 12:
        return _no_such_day()
    note = "写的是起止月份，按最后一个月的月末理解"
    return _end_of_month(found, year, (note,))


def _day(text: str, year: int | None) -> Deadline | None:
    found = _DAY.fullmatch(text)
    if not found:
        return None
    known, notes = _year_of(found, year)
    if known is None:
        return Deadline(notes=notes)
    day = _date(known, int(found["month"]), int(found["day"]))
    return Deadline(day, text=found["rest"], notes=notes) if day else _no_such_day()


def _month(text: str, year: int | None) -> Deadline | None:
    found = _MONTH.fullmatch(text)
    if not found:
        return None
    part = found["part"]
    if part in {"上旬", "中旬"}:
        return _end_of_part(found, 10 if part == "上旬" else 20, year)
    if found["bottom"] or part:
        return _end_of_month(found, year, ())
    if found["before"]:
        return _before_month(found, year)
    if found["sign"] == "." and "月" not in text:
        return Deadline(notes=("可能是年月，也可能是小数，请写明",))
    return _end_of_month(found, year, (AS_MONTH_END,))


def _quarter(text: str, year: int | None) -> Deadline | None:
    found = _QUARTER.fullmatch(text)
    if not found:
        return None
    known, notes = _year_of(found, year)
    if known is None:
        return Deadline(notes=notes)
    word = found["period"]
    month = _PERIOD_MONTHS.get(word.removesuffix("度")) or _QUARTERS[word.removeprefix("第")[0]]
    if found["first"] and _QUARTERS[found["first"]] >= month:
        return Deadline(wrong=True, notes=("起止时间颠倒：结束季度早于开始季度",))
    if not found["bottom"]:
        notes = (*notes, "按该期间的最后一天理解")
    return Deadline(month_end(known, month), notes=notes)


def _whole_year(text: str, year: int | None) -> Deadline | None:
    found = _WHOLE_YEAR.fullmatch(text)
    if not found or (len(found["year"]) == 2 and not found["bottom"]):
        return None
    known, notes = _year_of(found, year)
    if known is None:
        return Deadline(notes=notes)
    if found["before"] and not found["bottom"]:
        return Deadline(notes=("年份加“前”有两种读法：不含当年，或到当年年底；请写明日期",))
    return Deadline(date(known, 12, 31), notes=notes if found["bottom"] else (*notes, AS_YEAR_END))


def _end_of_part(found: re.Match[str], day: int, year: int | None) -> Deadline:
    known, notes = _year_of(found, year)
    if known is None:
        return Deadline(notes=notes)
    last = _date(known, int(found["month"]), day)
    return Deadline(last, text=found["rest"], notes=notes) if last else _no_such_day()


def _end_of_month(found: re.Match[str], year: int | None, said: tuple[str, ...]) -> Deadline:
    known, notes = _year_of(found, year)
    if not 1 <= int(found["month"]) <= 12:
        return _no_such_day()
    if known is None:
        return Deadline(notes=notes)
    rest = found.groupdict().get("rest")
    return Deadline(month_end(known, int(found["month"])), text=rest, notes=(*notes, *said))


def _before_month(found: re.Match[str], year: int | None) -> Deadline:
    deadline = _end_of_month(found, year, ())
    if deadline.day is None:
        return deadline
    month = deadline.day.month
    earlier = month_end(deadline.day.year - (month == 1), month - 1 or 12)
    note = (
        f"月份加“前”有两种读法：到{_chinese(earlier)}，或到{_chinese(deadline.day)}；"
        "这里取后者，请写明日期"
    )
    return Deadline(deadline.day, text=deadline.text, notes=(*deadline.notes, note))


def _year_of(found: re.Match[str], year: int | None) -> tuple[int | None, tuple[str, ...]]:
    groups = found.groupdict()
    written = groups.get("last_year") or groups.get("year") or groups.get("year2")
    if written is None:
        return year, (YEAR_FROM_FORM,) if year else (NO_YEAR,)
    if len(written) == 2:
        return 2000 + int(written), (f"年份只写了两位，按20{written}年理解",)
    return int(written), ()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _no_such_day() -> Deadline:
    return Deadline(wrong=True, notes=(NO_SUCH_DAY,))


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
