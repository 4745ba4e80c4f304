"""Written text made comparable: one width, one form of every sign, no padding."""

import html
import re
import unicodedata
from functools import lru_cache

# Folding these would make digits out of signs: 10² is not 102, ① and ½ are not 1.
_KEEP_SIGNS = frozenset({"<super>", "<sub>", "<fraction>", "<circle>"})

_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("≧⩾≽⪰≮", "≥"),
        **dict.fromkeys("≦⩽≼⪯≯", "≤"),
        **dict.fromkeys("≒≅", "≈"),
        **dict.fromkeys("═⹀゠", "="),
        **dict.fromkeys("∶︰꞉ː", ":"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣─━⁃", "-"),
        **dict.fromkeys("～〜∼˜", "~"),
        **dict.fromkeys("﹝〔【［", "["),
        **dict.fromkeys("﹞〕】］", "]"),
        "髙": "高",
        # Invisible marks stand between no words, so they vanish before spaces are judged.
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad", ""),
    }
)
_OPERATORS = re.compile(r"[>≥]=|=>|[<≤]=|=<|={2,}")
_SQUARED = re.compile(r"(?<=m)[²³]")
_SPACES = re.compile(r"\s+")
_SPACE_IN_NUMBER = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|i|u|strong|em|font|li|ul|ol|td|tr|table|o:p)(?:\s[^<>]*)?/?>", re.I
)
_LATEX_SIGN = re.compile(r"\\(geqslant|geq|ge|leqslant|leq|le|gt|lt|approx|sim|pm|times|%)")
_LATEX_SIGNS = {
    "geqslant": "≥",
    "geq": "≥",
    "ge": "≥",
    "leqslant": "≤",
    "leq": "≤",
    "le": "≤",
    "gt": ">",
    "lt": "<",
    "approx": "≈",
    "sim": "~",
    "pm": "±",
    "times": "×",
    "%": "%",
}
_LATEX_TEXT = re.compile(r"\\(?:text|mathrm)\s*\{([^{}]*)\}")

_ADDITION = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LABEL_NOISE = re.compile(r"[:*＊ ]+")


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    r"""Return the text in one width, with one form of every operator and dash, without spaces.

    HTML tags and LaTeX left by converters go. A space between two digits stays, as one plain
    space: `3 5` is not 35.

    >>> normalise("＞＝ ９５ ％")
    '≥95%'
    >>> normalise("$\\geq 85\\%$")
    '≥85%'
    >>> normalise("5m²"), normalise("10²")
    ('5m2', '10²')
    >>> normalise("<p>绩 效&nbsp;目 标</p>")
    '绩效目标'
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "\\" in text:
        text = _without_latex(text)
    if not text.isascii():
        text = _folded(text.translate(_VARIANTS)).translate(_VARIANTS)
        if "²" in text or "³" in text:
            text = _SQUARED.sub(lambda found: "2" if found[0] == "²" else "3", text)
    text = _OPERATORS.sub(_one_operator, text)
    return _without_spaces(text)


@lru_cache(maxsize=65536)
def label_key(text: str) -> str:
    """Return the key under which labels are compared: no colon, asterisk, unit or 其中.

    What stands in brackets goes too, when something is left outside of them.

    >>> label_key("全年 预算数（A）（万元）：")
    '全年预算数'
    >>> label_key("其中：财政拨款") == label_key("财政拨款")
    True
    >>> label_key("（万元）")
    '(万元)'
    """
    key = _LABEL_NOISE.sub("", normalise(text).removeprefix("其中:"))
    return _ADDITION.sub("", key) or key


def _without_latex(text: str) -> str:
    readable = _LATEX_TEXT.sub(r"\1", text)
    readable = _LATEX_SIGN.sub(lambda found: _LATEX_SIGNS[found[1]], readable)
    return readable.replace("$", " ") if readable != text else text


def _folded(text: str) -> str:
    if any(map(_is_kept, text)):
        return "".join(
            sign if _is_kept(sign) else unicodedata.normalize("NFKC", sign) for sign in text
        )
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=8192)
def _is_kept(sign: str) -> bool:
    return unicodedata.decomposition(sign).partition(" ")[0] in _KEEP_SIGNS


def _one_operator(found: re.Match[str]) -> str:
    sign = found[0]
    if ">" in sign or "≥" in sign:
        return "≥"
    return "≤" if "<" in sign or "≤" in sign else "="


def _without_spaces(text: str) -> str:
    joined = "".join(text.split())
    if len(joined) != len(text) and _SPACE_IN_NUMBER.search(text):
        return _SPACES.sub(_space_between_digits, text)
    return joined


def _space_between_digits(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    inside = start > 0 and end < len(text)
    return " " if inside and _is_digit(text[start - 1]) and _is_digit(text[end]) else ""


def _is_digit(sign: str) -> bool:
    return "0" <= sign <= "9"
