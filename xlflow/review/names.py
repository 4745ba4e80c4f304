"""Ways to write one unit's name: with its city or without, in full or shortened."""

import re
import unicodedata
from functools import lru_cache

_BRACKETED = re.compile(r"\((?:本级|机关|省|市|区|县|旗)\)")
_SIGNS = re.compile(r"[()\[\]·,，、\-\s]+")
# 郑州市上街区自然资源局, 河南省财政厅: what is put before a name; a 市 has two letters at least.
_PLACES = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,6}?(?:市|州|盟))?"
    r"(?:(?:[\u4e00-\u9fff]{2,5}?(?:区|旗|市)|[\u4e00-\u9fff]{1,5}?县)(?=[\u4e00-\u9fff]{3}))?"
)
_SHORTEST = 3
_REMEMBERED = 20_000  # names: who is on no roster is looked for among all that are


def unit_key(name: str) -> str:
    """Return a name or a code as it is compared: one width, no spaces, one case."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def may_be_one(name: str, other: str) -> bool:
    """Return whether two written names may be those of one unit.

    They may where they are the same without their places, or one is the other shortened. It is no
    proof: units that merely sound alike pass as well.

    >>> may_be_one("郑州市上街区教育局", "（区）教育局"), may_be_one("发改委", "发展和改革委员会")
    (True, True)
    >>> may_be_one("教育局", "体育局"), may_be_one("财政局", "城市管理局")
    (False, False)
    """
    short, long = sorted((_core(name), _core(other)), key=len)
    if short == long:
        return True
    letters = iter(long)
    return len(short) >= _SHORTEST and all(letter in letters for letter in short)


@lru_cache(maxsize=_REMEMBERED)
def _core(name: str) -> str:
    plain = _SIGNS.sub("", _BRACKETED.sub("", unit_key(name)))
    return _PLACES.sub("", plain) or plain
