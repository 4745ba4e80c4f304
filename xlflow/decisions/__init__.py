"""What the officer decides in a 处理单: finding what each line means, and carrying it out.

Importing this room imports SQLAlchemy; callers import it late.
"""

from xlflow.decisions.carry_out import Ruling, carry_out, rehearse
from xlflow.decisions.kinds import Done

__all__ = ["Done", "Ruling", "carry_out", "rehearse"]
