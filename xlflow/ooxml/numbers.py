"""Stored numbers: exact decimals and the two calendars, without floating point."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

# Excel keeps and shows 15 digits; what a file stores beyond them is noise of binary fractions.
_FIFTEEN_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_SHORT_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{0,13}[1-9])?")
_DIGITS = 15
_EPOCH_1900 = datetime.fromisoformat("1899-12-31")  # a workbook knows no time zone
_EPOCH_1904 = datetime.fromisoformat("1904-01-01")
_LEAP_BUG = 60  # the 29 February 1900 that never was
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*")
_LAST_SERIAL = 2_958_465  # 9999-12-31
_DAY_IN_MS = 86_400_000
_LARGEST = Decimal("1.79769313486231E+308")


def parse_number(stored: str) -> Decimal | None:
    """Return the number a stored text means, None when it is none.

    >>> parse_number("0.81899999999999995"), parse_number("1E3"), parse_number("n/a")
    (Decimal('0.819'), Decimal('1000'), None)
    """
    if len(stored) <= _DIGITS and _SHORT_PLAIN.fullmatch(stored):
        return Decimal(stored)
    if not _NUMBER.fullmatch(stored):
        return None
    number = _FIFTEEN_DIGITS.create_decimal(stored.strip())
    return None if abs(number) > _LARGEST else _stripped(number)


def plain(number: Decimal) -> str:
    """Return a number as people write it, without exponent.

    >>> plain(Decimal("1E+3")), plain(Decimal("0.50"))
    ('1000', '0.5')
    """
    return format(_stripped(number), "f")


def stored_number(number: int | Decimal) -> str:
    """Return the text under which a number is stored, with all its digits.

    Raises ValueError for what a cell can not hold: NaN, infinity, more than 1.8E+308.

    >>> stored_number(Decimal("98.50")), stored_number(7), stored_number(Decimal("1E+30"))
    ('98.50', '7', '1E+30')
    """
    exact = Decimal(number)
    if not exact.is_finite() or abs(exact) > _LARGEST:
        raise ValueError(number)
    digits = format(exact, "f")
    return digits if len(digits) <= 2 * _DIGITS else str(exact)


def date_of(serial: Decimal, *, date1904: bool) -> datetime | None:
    """Return the date a serial number means, None when it lies outside the calendar.

    A time without a day (below 1) has no date either.

    >>> date_of(Decimal("44742.5"), date1904=False)
    datetime.datetime(2022, 6, 30, 12, 0)
    """
    if not (0 if date1904 else 1) <= serial < _LAST_SERIAL + 1:
        return None
    if date1904:
        epoch = _EPOCH_1904
    else:
        epoch = _EPOCH_1900
        serial -= 1 if serial >= _LEAP_BUG else 0
    milliseconds = int((serial * _DAY_IN_MS).to_integral_value(ROUND_HALF_UP))
    try:
        return epoch + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def serial_of(moment: date, *, date1904: bool) -> Decimal:
    """Return the serial number of a date; raises ValueError before the calendar begins.

    >>> serial_of(date(2022, 6, 30), date1904=False)
    Decimal('44742')
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is not None:
        raise ValueError(moment)
    delta = moment - (_EPOCH_1904 if date1904 else _EPOCH_1900)
    milliseconds = delta.days * _DAY_IN_MS + delta.seconds * 1000 + delta.microseconds // 1000
    serial = Decimal(milliseconds) / _DAY_IN_MS
    if not date1904 and serial >= _LEAP_BUG:
        serial += 1
    if serial < 0:
        raise ValueError(moment)
    return _stripped(serial)


def _stripped(number: Decimal) -> Decimal:
    """Return the number without trailing zeros behind the point and without an exponent."""
    normal = number.normalize()
    exponent = normal.as_tuple().exponent
    if isinstance(exponent, int) and 0 < exponent < _DIGITS:
        return normal.quantize(Decimal(1))
    return normal
