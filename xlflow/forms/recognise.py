"""Which form a sheet is: by its defined name, else by its title and the labels that stand on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xlflow.forms.form import Form
from xlflow.forms.labels import label_index
from xlflow.forms.locate import NAME_PREFIX
from xlflow.grids import Book, Grid

FORM_NAME = f"{NAME_PREFIX}form"
VERSION_NAME = f"{NAME_PREFIX}version"
PREVIEW_NAME = f"{NAME_PREFIX}preview"
# Of the labels a form must show, so many must stand on a sheet before it counts as that form.
_ENOUGH = 0.6
_ENOUGH_TITLED = 0.4


@dataclass(frozen=True, slots=True)
class Sighting:
    """A form on a sheet."""

    form: Form
    grid: Grid


def recognise(book: Book, forms: Iterable[Form]) -> tuple[Sighting, ...]:
    """Return the forms found in a workbook, in the order of its sheets."""
    known = tuple(forms)
    return tuple(_sightings(book, known))


def _sightings(book: Book, forms: tuple[Form, ...]) -> Iterator[Sighting]:
    for grid in book.grids:
        form = _by_name(book, grid, forms) or _by_labels(grid, forms)
        if form:
            yield Sighting(form, grid)


def _by_name(book: Book, grid: Grid, forms: tuple[Form, ...]) -> Form | None:
    """Return the form whose identifier the sheet carries, if its fields point there too."""
    tagged = {
        name.text.strip('"')
        for name in book.names
        if name.name == FORM_NAME and name.scope in (None, grid.sheet)
    }
    points_here = any(
        name.sheet == grid.sheet and name.name.startswith(NAME_PREFIX) for name in book.names
    )
    return next((form for form in forms if form.name in tagged), None) if points_here else None


def _by_labels(grid: Grid, forms: tuple[Form, ...]) -> Form | None:
    """Return the form most of whose required labels stand on the sheet; a tie is no form.

    Under the title of a form fewer are enough: another place may leave some columns out.
    """
    on_sheet = label_index(grid).keys()
    shares = sorted(((_share(form, on_sheet), form.name, form) for form in forms), reverse=True)
    titled = _by_title(on_sheet, [form for share, _, form in shares if share >= _ENOUGH_TITLED])
    if titled:
        return titled
    if not shares or shares[0][0] < _ENOUGH:
        return None
    return None if len(shares) > 1 and shares[1][0] == shares[0][0] else shares[0][2]


def _by_title(on_sheet: Iterable[str], forms: list[Form]) -> Form | None:
    """Return the form whose title ends a text on the sheet, the longest where several do."""
    fits = {
        form: max(map(len, ends))
        for form in forms
        if (ends := [end for end in form.root.labels if any(k.endswith(end) for k in on_sheet)])
    }
    longest = [form for form, length in fits.items() if length == max(fits.values())]
    return longest[0] if len(longest) == 1 else None


def _share(form: Form, on_sheet: Iterable[str]) -> float:
    keys = set(on_sheet)
    wanted = [
        field
        for field in form.root.walk()
        if field.required and field.path and not field.read_only and field.find != "left"
    ]
    found = sum(bool(field.labels & keys) for field in wanted)
    return found / len(wanted) if wanted else 0.0
