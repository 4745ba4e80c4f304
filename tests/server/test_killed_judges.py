"""A file that kills the process it is judged in: it alone is told so, all others are served."""

import asyncio
import os
from pathlib import Path

import pytest

from xlflow.config import Workspace, create_workspace
from xlflow.problems import refusal
from xlflow.review import Outcome, Result
from xlflow.server import judging
from xlflow.server.judging import Judges, Served, told
from xlflow.server.tokens import Holder

BAD = "坏文件.xlsx"


def deadly(package: bytes, name: str, workspace: Path, holder: Holder | None) -> Served:
    del package, workspace, holder
    if name == BAD:
        os._exit(9)
    return told((Result(name, Outcome.ACCEPTED),))


async def all_judged(workspace: Workspace, names: list[str]) -> list[Served]:
    judges = Judges(workspace, 2)
    try:
        return await asyncio.gather(*(judges.judge(b"", name, None) for name in names))
    finally:
        judges.close()


def test_the_others_are_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(judging, "judge_upload", deadly)
    names = ["甲.xlsx", BAD, "乙.xlsx", "丙.xlsx", BAD, "丁.xlsx"]
    answers = asyncio.run(all_judged(create_workspace(tmp_path), names))
    assert [answer.results[0]["file"] for answer in answers] == names
    for name, answer in zip(names, answers, strict=True):
        said = answer.results[0]["problems"]
        assert [found["code"] for found in said] == (["F35"] if name == BAD else [])
    assert answers[1].sentence == refusal("F35", name=BAD).zh
