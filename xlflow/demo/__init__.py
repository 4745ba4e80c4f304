"""The seed data and the demo exercise: what a bureau does in a year, in a minute."""

from xlflow.demo.fill import fill
from xlflow.demo.play import Played, play, returned_workbook

__all__ = ["Played", "fill", "play", "returned_workbook"]
