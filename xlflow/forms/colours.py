"""The colours of lights wherever a workbook shows them: ink and paper by name."""

from collections.abc import Mapping

COLOURS: Mapping[str, tuple[str, str]] = {
    "red": ("FF922B21", "FFF5B7B1"),
    "yellow": ("FF7D6608", "FFFCE79A"),
    "green": ("FF1E6B3A", "FFBFE5CB"),
    "blue": ("FF1A4F8A", "FFB9D7F2"),
}
