"""The command line: parse arguments, call one function, print."""

from xlflow.cli.app import main

__all__ = ["main"]
