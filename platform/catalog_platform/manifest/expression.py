"""Jinja expressions in manifest values: compiled once, evaluated for each environment.

`grammar` parses an expression and refuses forbidden syntax; `sandbox` evaluates it. Expressions
have no access to files, the clock or the process.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

import jinja2
from jinja2 import nodes

from catalog_platform.manifest.grammar import Reference, TemplatePart, parse, references
from catalog_platform.manifest.node import Tree, Value
from catalog_platform.manifest.sandbox import SANDBOX, EvaluationContext
from catalog_platform.manifest.values import (
    MAXIMUM_TEXT,
    ExpressionError,
    TooMuchWorkError,
    WorkBudget,
    check_scalar,
    check_size,
    text,
)

__all__ = [
    "MAXIMUM_TEXT",
    "ExpressionError",
    "Reference",
    "Template",
    "TooMuchWorkError",
    "WorkBudget",
    "compile_leaf",
]

FAILURES = (ArithmeticError, TypeError, ValueError, LookupError, jinja2.TemplateError)


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled leaf: its texts and expressions, and the keys that it refers to."""

    parts: tuple[TemplatePart, ...]
    references: tuple[Reference, ...]
    compiled: jinja2.Template

    def evaluate(self, sections: Mapping[str, Tree], budget: WorkBudget | None = None) -> Value:
        """Return the value of the leaf. If the leaf is one expression, the value keeps its type.

        Raises `ExpressionError`, also if the value is a list, a section, infinite or too long.
        """
        run = self.compiled.new_context()
        assert isinstance(run, EvaluationContext)  # noqa: S101 - the sandbox's `context_class`
        run.sections, run.budget = sections, budget or WorkBudget()
        try:
            for _ in self.compiled.root_render_func(run):
                pass
        except ExpressionError as error:
            error.offset = error.offset or self._offset(error.__traceback__)
            raise
        except FAILURES as error:
            offset = self._offset(error.__traceback__)
            raise ExpressionError(f"cannot be evaluated: {error}", offset=offset) from error
        return self._leaf(run)

    def _leaf(self, run: EvaluationContext) -> Value:
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        is_whole = len(self.parts) == 1
        made: list[Value] = []
        for index, part in enumerate(self.parts):
            try:
                value = part if isinstance(part, str) else run.vars[_variable(index)]
                made.append(check_scalar(value) if is_whole else text(value))
            except ExpressionError as error:
                error.offset = 0 if isinstance(part, str) else part.lineno
                raise
        return made[0] if is_whole else check_scalar(check_size("".join(map(str, made))))

    def _offset(self, trace: TracebackType | None) -> int:
        """Return the offset in the leaf at which the compiled code failed."""
        line = 1
        while trace is not None:
            if trace.tb_frame.f_code is self.compiled.root_render_func.__code__:
                line = trace.tb_lineno
            trace = trace.tb_next
        return self.compiled.get_corresponding_lineno(line)


@functools.lru_cache(maxsize=512)
def compile_leaf(written: str) -> Template:
    """Compile a leaf. Raises `ExpressionError` for invalid or forbidden syntax."""
    parts = parse(written)
    found = [each for part in parts if not isinstance(part, str) for each in references(part)]
    return Template(parts, tuple(found), _compiled(parts))


def _compiled(parts: tuple[TemplatePart, ...]) -> jinja2.Template:
    """Compile each part to an assignment: template output would convert values to text."""
    body: list[nodes.Node] = [
        nodes.Assign(nodes.Name(_variable(index), "store"), part, lineno=1)
        for index, part in enumerate(parts)
        if isinstance(part, nodes.Expr)
    ]
    try:
        code = SANDBOX.compile(nodes.Template(body, lineno=1))
    except SyntaxError as error:  # for example a named argument that is a Python keyword
        raise ExpressionError(f"not a valid expression: {error.msg}") from error
    return jinja2.Template.from_code(SANDBOX, code, {})


def _variable(index: int) -> str:
    return f"part_{index}"
