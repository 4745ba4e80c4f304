"""What a workbook is judged by."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xlflow.config import Workspace
from xlflow.forms import Form, all_forms
from xlflow.scoring import Profile, load_profile

if TYPE_CHECKING:  # SQLAlchemy takes its time; to score one file there is no ledger
    from xlflow.ledger import Ledger

DEFAULT_PROFILE = "national-2020"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a walk judges by: where forms and profiles are looked up, and what stands fixed.

    `profile` overrides what a form asks for; `year` and `round` belong to the exercise and fill
    in what the form does not say. `passwords` are tried on workbooks that have one, and those
    that units were given by the roster (`unit_passwords`, unit and password).
    """

    workspace: Path | None = None
    profile: str = ""
    year: int | None = None
    round: str | None = None
    passwords: tuple[str, ...] = ()
    unit_passwords: tuple[tuple[str, str], ...] = ()

    def profile_for(self, form: Form, own: str = "") -> Profile:
        """Return the profile a form is judged by; `own` is the one its unit has."""
        return load_profile(own or self.profile_name(form), self.workspace)

    def profile_name(self, form: Form) -> str:
        """Return the name of the profile that units without one of their own are judged by."""
        return self.profile or form.profile or DEFAULT_PROFILE

    def passwords_for(self, name: str) -> tuple[str, ...]:
        """Return the passwords to try on a file, those first whose unit is in its name."""
        own = [password for unit, password in self.unit_passwords if unit in name]
        others = [password for _, password in self.unit_passwords]
        return tuple(dict.fromkeys((*own, *self.passwords, *others)))

    def verify(self) -> None:
        """Raise UsageError when a form or a profile that is asked for is wrong."""
        for form in all_forms(self.workspace):
            self.profile_for(form)


def rules_of(workspace: Workspace, ledger: "Ledger | None" = None) -> Rules:
    """Return the rules a workspace judges by, with the passwords in its ledger."""
    settings = workspace.settings
    return Rules(
        workspace.root,
        settings.profile,
        settings.year or None,
        settings.round or None,
        settings.passwords,
        ledger.passwords() if ledger else (),
    )
