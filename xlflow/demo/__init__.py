"""The seed data and the demo exercise: what a bureau does in a year, in a minute."""

from xlflow.demo.play import Played, play, returned_workbook

__all__ = ["Played", "play", "returned_workbook"]
