"""Rows of a worksheet part put out of sight."""

import re
from collections.abc import Collection

from xlflow.ooxml import splice

_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]+)[\"']")


def with_hidden_rows(data: bytes, rows: Collection[int]) -> bytes:
    """Return a worksheet part in which some rows are hidden; what stands in them stays.

    >>> with_hidden_rows(b'<worksheet><sheetData><row r="2" ht="9"/></sheetData></worksheet>', {2})
    b'<worksheet><sheetData><row r="2" ht="9" hidden="1"/></sheetData></worksheet>'
    """
    if not rows:
        return data

    def hidden(match: re.Match[bytes]) -> bytes:
        number = _NUMBER.search(match[1])
        if number is None or int(number[1]) not in rows:
            return match[0]
        return tag[:-1] + splice.with_attribute(match[1], b"hidden", b"1") + b">"

    tag = b"<" + splice.root_prefix(data) + b"row>"
    return splice.start_tag(tag[1:-1]).sub(hidden, data)
