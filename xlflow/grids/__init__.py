"""Cells of any file as one small Grid."""

from xlflow.grids.foreign import read_foreign
from xlflow.grids.grid import Book, Cell, Grid, Kind, Name, Value
from xlflow.grids.read import read_book

__all__ = ["Book", "Cell", "Grid", "Kind", "Name", "Value", "read_book", "read_foreign"]
