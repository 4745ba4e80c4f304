"""Writing the summary book, the page and the bureau's own layout of a workspace."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import XlflowError
from xlflow.forms import Form, all_forms
from xlflow.judging import rules_of

if TYPE_CHECKING:  # SQLAlchemy and pandas take their time; a check of one file needs neither
    from xlflow.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Published:
    """Where the summary book was written, and the bureau's own layout, if it was filled."""

    book: Path
    layout: Path | None = None


def publish_book(
    workspace: Workspace,
    ledger: "Ledger",
    now: datetime,
    out: Path | None = None,
    *,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
) -> Published:
    """Return where the summary book was written; beside its name when that is open on a desk.

    Unless it goes to a place of its own (`out`), the page 进度.html is written beside it and the
    bureau's own layout filled, if the settings name one; `on_trouble` is told why it could not be.
    """
    from xlflow.summary import publish_summary, write_summary

    forms = all_forms(workspace.root)
    about: dict[str, Any] = _about(workspace, forms, now) | {
        "amount_units": {form.name: unit for form in forms if (unit := _amount_unit(form))},
        "judged_by": {form.name: (form, rules_of(workspace).profile_for(form)) for form in forms},
    }
    if out is not None:
        with files.passing_file(out.name) as made:
            write_summary(ledger, made, folder=out.resolve().parent, **about)
            files.write_from(out, made)
        return Published(out)
    book = publish_summary(ledger, outbox=workspace.outbox, **about)
    with suppress(files.TargetInUse):  # the next run will write it
        publish_page(workspace, ledger, now)
    if workspace.settings.summary_layout:
        try:
            return Published(book, _publish_layout(workspace, ledger, about["at"], forms))
        except XlflowError as error:
            on_trouble(error)
    return Published(book)


def publish_page(
    workspace: Workspace, ledger: "Ledger", now: datetime, out: Path | None = None
) -> Path:
    """Return where the page was written that tells where everybody stands."""
    from xlflow import chasing

    about = _about(workspace, all_forms(workspace.root), now)
    return chasing.publish_page(ledger, out or workspace.outbox / chasing.PAGE_NAME, **about)


def _publish_layout(workspace: Workspace, ledger: "Ledger", at: str, forms: Sequence[Form]) -> Path:
    """Return where the bureau's own layout of the summary was filled."""
    from xlflow.summary import Wanted, publish_layout

    settings = workspace.settings
    wanted = Wanted(settings.title, settings.year, settings.round, settings.deadline)
    layout = workspace.root / settings.summary_layout
    return publish_layout(ledger, layout, wanted, at=at, outbox=workspace.outbox, forms=forms)


def _about(workspace: Workspace, forms: Iterable[Form], now: datetime) -> dict[str, Any]:
    """Return what everything made from the ledger is told."""
    return {
        "title": workspace.settings.title,
        "at": now.isoformat(timespec="seconds"),
        "workspace": workspace.root,
        "form_titles": {form.name: form.title for form in forms},
    }


def _amount_unit(form: Form) -> str | None:
    amount = form.root.child("amount_this_year")
    return amount.unit or "元" if amount else None
