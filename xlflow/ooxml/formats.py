"""Number formats: what the ids mean, and whether a format shows a date or a percentage."""

import re
from functools import lru_cache

GENERAL = "General"
_BUILTIN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"¥"#,##0;\\-"¥"#,##0', 6: '"¥"#,##0;[Red]\\-"¥"#,##0',
    7: '"¥"#,##0.00;\\-"¥"#,##0.00', 8: '"¥"#,##0.00;[Red]\\-"¥"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    37: "#,##0;-#,##0", 38: "#,##0;[Red]-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@",
    # What Chinese Excel and WPS mean by the ids that depend on the language.
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"',
    34: 'AM/PM h"时"mm"分"', 35: 'AM/PM h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: 'AM/PM h"时"mm"分"', 56: 'AM/PM h"时"mm"分"ss"秒"',
    57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip
_IDS = {code: number for number, code in sorted(_BUILTIN.items(), reverse=True)}
# Literals, escaped characters, fillers, colours and conditions say nothing about the kind.
_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]|am/pm|a/p|general', re.IGNORECASE)


def builtin_format(number: int) -> str:
    """Return the format of an id below 164; General for one that is not known.

    >>> builtin_format(10), builtin_format(0)
    ('0.00%', 'General')
    """
    return _BUILTIN.get(number, GENERAL)


def builtin_id(code: str) -> int | None:
    """Return the id of a format that needs no definition of its own, None for the others.

    >>> builtin_id("0.00%"), builtin_id("General"), builtin_id("0.000")
    (10, 0, None)
    """
    return 0 if code == GENERAL else _IDS.get(code)


@lru_cache(maxsize=512)
def is_date(code: str) -> bool:
    """Return whether a format shows a day; one that shows the time of day alone does not.

    >>> is_date('yyyy"年"m"月"'), is_date("h:mm"), is_date('0.00"元/day"'), is_date("General")
    (True, False, False, False)
    """
    letters = set(_LITERAL.sub("", code).lower().partition(";")[0])
    return bool(letters & set("yd")) or ("m" in letters and not letters & set("hs"))


@lru_cache(maxsize=512)
def is_percent(code: str) -> bool:
    """Return whether a format shows a number as a percentage.

    >>> is_percent("0.00%"), is_percent('0"%"')
    (True, False)
    """
    return "%" in _LITERAL.sub("", code).partition(";")[0]
