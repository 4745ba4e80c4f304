"""The targets of a project as its unit asks for them."""

from typing import Any

INDICATORS = [
    {"level1": "产出指标", "level2": "数量指标", "level3": "培训人数", "target": "≥500人"},
    {"level1": "产出指标", "level2": "质量指标", "level3": "合格率", "target": "≥95%"},
    {"level1": "满意度指标", "level2": "服务对象满意度", "level3": "学员满意度", "target": "≥90%"},
]
ASKED: dict[str, Any] = {
    "unit": "示例局", "unit_code": "039001", "project": "培训专项", "year": "2025",
    "amount_total": "1234567", "amount_this_year": "1234567",
    "annual_goal": "培训500人。", "indicators": INDICATORS,
}  # fmt: skip
