"""Tokens: who may have a workbook scored over HTTP. One for each unit; only its hash is kept."""

import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import EnvironmentFailed
from xlflow.messages import text

_BYTES = 15  # 20 letters, which nobody guesses and a clerk can still type


@dataclass(frozen=True, slots=True)
class Holder:
    """The unit a token was given to."""

    unit: str
    unit_code: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The holders by the hash of their token."""

    by_hash: tuple[tuple[str, Holder], ...] = ()

    def holder_of(self, token: str) -> Holder | None:
        """Return whose a token is, None for one that was not given out."""
        hashed = _hash(token)
        found = None
        for known, holder in self.by_hash:  # all are looked at: the time tells nothing
            if hmac.compare_digest(known, hashed):
                found = holder
        return found


def tokens_path(workspace: Workspace) -> Path:
    """Return where the hashes of a workspace's tokens are kept."""
    return workspace.state / "tokens.json"


def load_tokens(workspace: Workspace) -> Tokens:
    """Return the tokens that were given out; raises EnvironmentFailed when the file is damaged."""
    path = tokens_path(workspace)
    if not path.exists():
        return Tokens()
    try:
        known = json.loads(files.read_bytes(path))
        return Tokens(tuple((hashed, Holder(*who)) for hashed, who in known))
    except (ValueError, TypeError) as error:
        raise EnvironmentFailed(*text("server.bad_tokens", name=path.name)) from error


def give_tokens(workspace: Workspace, holders: Iterable[Holder]) -> list[tuple[Holder, str]]:
    """Return a new token for each holder; an older one of the same unit is no longer valid."""
    given = [(holder, secrets.token_urlsafe(_BYTES)) for holder in dict.fromkeys(holders)]
    renewed = {holder for holder, _ in given}
    kept = [pair for pair in load_tokens(workspace).by_hash if pair[1] not in renewed]
    lines = [*kept, *((_hash(token), holder) for holder, token in given)]
    data = [[hashed, [holder.unit, holder.unit_code]] for hashed, holder in lines]
    files.write_bytes(tokens_path(workspace), json.dumps(data, ensure_ascii=False).encode())
    return given


def _hash(token: str) -> str:
    return files.sha256_of(token.encode())
