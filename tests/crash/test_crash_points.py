"""Stopped at any step, started again: everything ends as if it had not been stopped.

`XLFLOW_ALL_STEPS=1 python -m pytest tests/crash` tries every step with every kind of trouble, which
takes many minutes; every other run kills at each step of taking forms in that leaves another disk,
and tries the rest at some.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Report = dict[str, Any]
ALL_STEPS = bool(os.environ.get("XLFLOW_ALL_STEPS"))
PROGRAM = Path(__file__).with_name("crash_points.py")
KILLED, REFUSED = 70, 71

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each stop is a fork")


SWEEPS = {
    "forms": ("exit:1:1", "twice:6:2", "full:9:1", "right:9:3"),
    "decisions": ("exit:3:1", "twice:6:1", "full:12:1"),
    "waived": ("exit:3:1", "twice:6:1", "full:12:1"),
    "rescored": ("exit:3:1", "twice:6:1", "full:12:1"),
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Report]:
    """Return how a scene ended, wherever it was stopped; each is played once."""

    @cache
    def played(scene: str) -> Report:
        sweeps = SWEEPS[scene]
        if ALL_STEPS:
            sweeps = tuple(f"{sweep.partition(':')[0]}:all:1" for sweep in sweeps)
        done = subprocess.run(
            [sys.executable, str(PROGRAM), scene, str(tmp_path_factory.mktemp(scene)), *sweeps],
            capture_output=True,
            check=False,
            timeout=3000 if ALL_STEPS else 600,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        report: Report = json.loads(done.stdout)
        return report

    return played


@pytest.fixture
def forms(swept: Callable[[str], Report]) -> Report:
    """Return how taking forms in ended."""
    return swept("forms")


def differences(report: Report, kind: str, *, leaving_out: str = "") -> dict[str, Any]:
    wanted = report["wanted"]
    return {
        f"{number} {report['steps'][int(number) - 1]}": found
        for number, point in report["sweeps"][kind].items()
        if (
            found := {
                key: value
                for key, value in point["state"].items()
                if value != wanted[key] and key != leaving_out
            }
        )
    }


def endings(report: Report, kind: str) -> set[int]:
    """Return how what was stopped ended, at once."""
    return {point["ended"] for point in report["sweeps"][kind].values()}


def endings_again(report: Report, kind: str) -> set[int]:
    """Return how it ended when it was started again."""
    return {point["again"] for point in report["sweeps"][kind].values()}


def test_the_undisturbed_run_is_what_is_wanted(forms: Report) -> None:
    wanted = forms["wanted"]
    assert wanted["inbox"] == []
    assert wanted["temporary"] == []
    assert {arrival[0]: arrival[3] for arrival in wanted["arrivals"]} == {
        "a 自评表.xlsx": "returned",
        "c.xlsx": "quarantined",
        "d.xlsx": "returned",
        "二科/b.xlsx": "duplicate",
        "二科/扫描件.pdf": "attachment",
        "包.zip": "attachment",
        "包.zip/再.zip": "quarantined",
        "包.zip/改/a 自评表.xlsx": "returned",
        "包.zip/改/扫描件.pdf": "duplicate",
    }
    versions = {submission[0]: submission[2] for submission in wanted["submissions"]}
    assert [versions[name] for name in ("a 自评表.xlsx", "包.zip/改/a 自评表.xlsx", "d.xlsx")] == [
        1,
        2,
        3,
    ]
    assert len(wanted["submissions"]) == 5
    assert set(wanted["rights"].values()) == {"444"}
    assert sorted(Path(name).parent.name for name in wanted["outbox"]) == [
        "",
        "",
        "二科",
        "无法读取",
        "无法读取",
        "无法读取",
        "无法读取",
        "退回",
        "退回",
        "退回",
    ]


def test_killed_at_any_step_and_started_again(forms: Report) -> None:
    assert endings(forms, "exit") == {KILLED}
    assert endings_again(forms, "exit") == {0}
    tried = [int(number) for number in forms["sweeps"]["exit"]]
    left_out = [step for n, step in enumerate(forms["steps"], 1) if n not in tried]
    assert len(tried) > 60
    assert all(step.startswith("fsync") for step in left_out)
    assert differences(forms, "exit") == {}


def test_killed_again_while_it_makes_up_for_the_first_time(forms: Report) -> None:
    assert endings_again(forms, "twice") == {0}
    assert differences(forms, "twice") == {}


def test_a_full_disk_ends_in_a_sentence_and_the_next_run_makes_up_for_it(
    forms: Report,
) -> None:
    assert endings(forms, "full") == {REFUSED}
    assert endings_again(forms, "full") == {0}
    assert differences(forms, "full") == {}


def test_a_right_that_is_missing_once_is_made_up_for(forms: Report) -> None:
    """Where the original can not be made read-only, it stays as it is; all else ends right.

    A file that could not be taken out of the inbox comes after the others, and so counts as later.
    """
    assert endings(forms, "right") <= {0, REFUSED}
    assert endings_again(forms, "right") == {0}
    points, steps = forms["sweeps"]["right"], forms["steps"]
    waited = {n for n in points if steps[int(n) - 1].startswith("unlink")}
    late = [points[number]["state"] for number in waited]
    assert all(state["inbox"] == [] for state in late)
    assert all(len(state["arrivals"]) == len(forms["wanted"]["arrivals"]) for state in late)
    on_time = {number: point for number, point in points.items() if number not in waited}
    told = {**forms, "sweeps": {"right": on_time}}
    assert differences(told, "right", leaving_out="rights") == {}


def test_the_undisturbed_decisions_are_what_is_wanted(swept: Callable[[str], Report]) -> None:
    wanted = swept("decisions")["wanted"]
    assert wanted["inbox"] == wanted["temporary"] == wanted["stale"] == []
    assert [arrival[3] for arrival in wanted["arrivals"]] == ["accepted", "returned", "accepted"]
    assert sorted(Path(name).parent.name for name in wanted["outbox"]) == [
        "",
        "",
        "处理单",
        "退回",
        "通过",
    ]
    assert [decision[2] for decision in wanted["decisions"]] == [True] * 7
    assert wanted["withdrawn"] == ["撤并的局"]


@pytest.mark.parametrize("kind", ["exit", "twice", "full"])
def test_decisions_take_effect_once_and_wholly_wherever_they_are_stopped(
    swept: Callable[[str], Report], kind: str
) -> None:
    report = swept("decisions")
    assert endings_again(report, kind) == {0}
    assert differences(report, kind) == {}


def test_the_undisturbed_rescoring_is_what_is_wanted(swept: Callable[[str], Report]) -> None:
    wanted = swept("rescored")["wanted"]
    assert wanted["inbox"] == wanted["temporary"] == wanted["stale"] == []
    assert [submission[6] for submission in wanted["submissions"]] == ["98.19", "98.19"]
    assert [[each[1] for each in old] for _, old in wanted["earlier"]] == [["99.10"], ["99.10"]]
    assert len([name for name in wanted["outbox"] if name.startswith("退回/")]) == 2


@pytest.mark.parametrize("scene", ["waived", "rescored"])
@pytest.mark.parametrize("kind", ["exit", "twice", "full"])
def test_waiving_and_rescoring_end_the_same_wherever_they_are_stopped(
    swept: Callable[[str], Report], scene: str, kind: str
) -> None:
    report = swept(scene)
    assert endings_again(report, kind) == {0}
    assert differences(report, kind) == {}
