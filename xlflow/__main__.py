"""Run the command line: `python -m xlflow`."""

from xlflow.cli import main

main()
