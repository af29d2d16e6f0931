"""One leaf with Jinja in it: parsed once, evaluated wherever it is inherited.

Jinja's own sandbox forbids attributes, not work: `'a' * 10**9` or two nested loops pass it. So
only its grammar is used (`grammar`), and what is allowed of it is evaluated here (`evaluation`).
Nothing can see a file, a clock or the process.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.manifest.evaluation import Budget, Evaluation, single, text
from catalog_platform.manifest.functions.arguments import MAXIMUM_TEXT
from catalog_platform.manifest.grammar import (
    ExpressionError,
    Part,
    Reference,
    TooMuchWorkError,
    parse,
    references,
)
from catalog_platform.manifest.node import Tree, Value

__all__ = [
    "MAXIMUM_TEXT",
    "Budget",
    "ExpressionError",
    "Reference",
    "Template",
    "TooMuchWorkError",
    "compile_leaf",
]


@dataclass(frozen=True, slots=True)
class Template:
    """A checked leaf: texts and expressions in turn, and the keys that it looks at."""

    parts: tuple[Part, ...]
    references: tuple[Reference, ...]

    def evaluate(self, sections: Mapping[str, Tree], budget: Budget | None = None) -> Value:
        """The value of the leaf; one whole expression keeps its type.

        Raises `ExpressionError`, also for a value that is no single, finite, short value.
        """
        evaluation = Evaluation(sections, budget or Budget())
        if len(self.parts) == 1:
            return _leaf(evaluation, self.parts[0])
        return single("".join(_text(evaluation, part) for part in self.parts))


def _leaf(evaluation: Evaluation, part: Part) -> Value:
    if isinstance(part, str):
        return part
    try:
        return single(evaluation.value(part))
    except ExpressionError as error:
        error.offset = error.offset or part.lineno
        raise


def _text(evaluation: Evaluation, part: Part) -> str:
    if isinstance(part, str):
        return part
    try:
        return text(evaluation.value(part))
    except ExpressionError as error:
        error.offset = error.offset or part.lineno
        raise


@functools.lru_cache(maxsize=512)
def compile_leaf(written: str) -> Template:
    """The template of a leaf. Raises `ExpressionError` for all that is not allowed in one."""
    parts = parse(written)
    found = [each for part in parts if not isinstance(part, str) for each in references(part)]
    return Template(parts, tuple(found))
