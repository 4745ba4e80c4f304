"""Cells of any file as one small Grid."""

from xlflow.grids.grid import Book, Cell, Grid, Kind, Name, Value

__all__ = ["Book", "Cell", "Grid", "Kind", "Name", "Value"]
