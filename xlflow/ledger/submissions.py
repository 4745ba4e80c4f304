"""Submissions: what was found in an arrival, its version, its scores and problems."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import batched
from typing import Any, TypeVar
