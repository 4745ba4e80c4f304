"""The comparison with published tables: what counts as reproduced, and what as an error of ours."""

import importlib.util
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "published.py"
TABLES = Path(__file__).parents[3] / "shared" / "published" / "tables.json"
RULES = [
    {
        "region": "湖北省",
        "topic": "quantitative",
        "rule_text": "正向指标(≥X,得分=权重*B/A),反向指标(≤X,得分=权重*A/B)",
    },
    {"region": "山西省", "topic": "quantitative", "rule_text": "成本指标得分不得超过5分"},
]


@pytest.fixture(scope="module")
def published() -> ModuleType:
    spec = importlib.util.spec_from_file_location("published", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["published"] = module  # its records look themselves up by it
    spec.loader.exec_module(module)
    return module


def table(region: str, target: str, actual: str, weight: str, score: str) -> dict[str, Any]:
    row = {
        "level3": "项目验收合格率",
        "target": target,
        "actual": actual,
        "weight": Decimal(weight),
        "score": Decimal(score),
    }
    return {
        "id": "T",
        "region": region,
        "year": Decimal(2020),
        "funds": None,
        "indicators": [row],
    }


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (("湖北省黄冈市", "≥98%", "49%", "20", "10"), "reproduced"),
        (("湖北省黄冈市", "≥98%", "97%", "20", "19.8"), "reproduced"),  # 19.796 to one decimal
        (("湖北省黄冈市", "98%", "98%", "20", "19.6"), "printed error"),
        (("山西省运城市", "95%", "95%", "30", "27"), "discretionary"),
        (("云南省", "95%", "95%", "30", "27"), "discretionary"),
        (("云南省", "健全", "健全", "10", "10"), "unknown"),
    ],
)
def test_a_row_is_one_of_four_kinds(
    published: ModuleType, row: tuple[str, str, str, str, str], kind: str
) -> None:
    (compared,) = published.compare([table(*row)], RULES)
    assert compared.kind == kind
    assert not published.contradicted([compared])


def test_a_number_the_printed_rule_does_not_give_is_ours_to_answer_for(
    published: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "profile_for", lambda _: "tianjin")  # = all or nothing
    (compared,) = published.compare([table("湖北省黄冈市", "=98%", "49%", "20", "10")], RULES)
    assert published.contradicted([compared]) == [compared]


def test_no_published_row_is_contradicted() -> None:
    if not TABLES.exists():
        pytest.skip("the published tables are not beside this checkout")
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8")
    assert b"109 rows" in done.stdout
