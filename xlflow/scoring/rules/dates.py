"""Rules for deadlines: D1 to D3. D4, a target such as 及时, is a qualitative level."""

import calendar
import datetime
from decimal import Decimal

from xlflow.messages import text
from xlflow.scoring.rules.figures import ZERO, Figures, Points, plain
from xlflow.scoring.rules.quantitative import at_most_ratio


def late_is_nothing(deadline: datetime.date, done: datetime.date, weight: Decimal) -> Points:
    """D1, w on time, else 0.

    >>> late_is_nothing(datetime.date(2022, 6, 30), datetime.date(2022, 7, 1), Decimal(5)).value
    Decimal('0')
    """
    return Points(weight if done <= deadline else ZERO)


def late_by_time(
    deadline: datetime.date, done: datetime.date, weight: Decimal, *, per: str, points: Decimal
) -> Points:
    """D2, so many points off for each started month (or day) late: max(0, w−points·n).

    >>> june, august = datetime.date(2022, 6, 30), datetime.date(2022, 8, 15)
    >>> late = late_by_time(june, august, Decimal(5), per="month", points=Decimal(1))
    >>> late.value, late.arithmetic, late.remark.zh
    (Decimal('3'), '5-1×2', '逾期2个月（不足一个月的按一个月计），')
    """
    count = months_late(deadline, done) if per == "month" else max(0, (done - deadline).days)
    if not count:
        return Points(weight)
    left = max(ZERO, weight - points * count)
    remark = text(f"scoring.late_by_{per}", count=count)
    return Points(left, f"{plain(weight)}-{plain(points)}×{count}" if left else None, remark)


def months_late(deadline: datetime.date, done: datetime.date) -> int:
    """Return how many months after a deadline have begun; the end of a month ends the next too.

    >>> day = datetime.date
    >>> months_late(day(2022, 6, 30), day(2022, 7, 31))
    1
    >>> months_late(day(2022, 6, 15), day(2022, 7, 16))
    2
    """
    if done <= deadline:
        return 0
    whole = (done.year - deadline.year) * 12 + done.month - deadline.month
    last = calendar.monthrange(done.year, done.month)[1]
    at_end = deadline.day == calendar.monthrange(deadline.year, deadline.month)[1]
    due = last if at_end else min(deadline.day, last)
    return whole if done.day <= due else whole + 1


def planned_days(f: Figures) -> Points:
    """D3, planned days by actual days: w·min(1, T/A).

    >>> from xlflow.scoring.rules.figures import figures
    >>> planned_days(figures("180", "200", "5", unit="天"))
    Points(value=Decimal('4.5'), arithmetic='5×180天÷200天', remark=None)
    """
    return at_most_ratio(f)
