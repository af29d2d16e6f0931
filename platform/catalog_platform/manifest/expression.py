"""One leaf with Jinja in it: compiled once, evaluated wherever it is inherited.

`grammar` parses it and refuses what is not allowed, `sandbox` evaluates the rest. Nothing can see
a file, a clock or the process.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

import jinja2
from jinja2 import nodes

from catalog_platform.manifest.grammar import Part, Reference, parse, references
from catalog_platform.manifest.node import Tree, Value
from catalog_platform.manifest.sandbox import SANDBOX, Run
from catalog_platform.manifest.values import (
    MAXIMUM_TEXT,
    Budget,
    ExpressionError,
    TooMuchWorkError,
    bounded,
    single,
    text,
)

__all__ = [
    "MAXIMUM_TEXT",
    "Budget",
    "ExpressionError",
    "Reference",
    "Template",
    "TooMuchWorkError",
    "compile_leaf",
]

FAILURES = (ArithmeticError, TypeError, ValueError, LookupError, jinja2.TemplateError)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked leaf: texts and expressions in turn, and the keys that it looks at."""

    parts: tuple[Part, ...]
    references: tuple[Reference, ...]
    compiled: jinja2.Template

    def evaluate(self, sections: Mapping[str, Tree], budget: Budget | None = None) -> Value:
        """The value of the leaf; one whole expression keeps its type.

        Raises `ExpressionError`, also for a value that is no single, finite, short value.
        """
        run = self.compiled.new_context()
        assert isinstance(run, Run)  # noqa: S101 - the sandbox's `context_class`
        run.sections, run.budget = sections, budget or Budget()
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

    def _leaf(self, run: Run) -> Value:
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        is_whole = len(self.parts) == 1
        made: list[Value] = []
        for index, part in enumerate(self.parts):
            try:
                value = part if isinstance(part, str) else run.vars[_variable(index)]
                made.append(single(value) if is_whole else text(value))
            except ExpressionError as error:
                error.offset = 0 if isinstance(part, str) else part.lineno
                raise
        return made[0] if is_whole else single(bounded("".join(map(str, made))))

    def _offset(self, trace: TracebackType | None) -> int:
        """Where in the leaf the compiled code failed: its lines stand for offsets."""
        line = 1
        while trace is not None:
            if trace.tb_frame.f_code is self.compiled.root_render_func.__code__:
                line = trace.tb_lineno
            trace = trace.tb_next
        return self.compiled.get_corresponding_lineno(line)


@functools.lru_cache(maxsize=512)
def compile_leaf(written: str) -> Template:
    """The template of a leaf. Raises `ExpressionError` for all that is not allowed in one."""
    parts = parse(written)
    found = [each for part in parts if not isinstance(part, str) for each in references(part)]
    return Template(parts, tuple(found), _compiled(parts))


def _compiled(parts: tuple[Part, ...]) -> jinja2.Template:
    """Code that leaves the value of each part in a variable: output would make it text."""
    body: list[nodes.Node] = [
        nodes.Assign(nodes.Name(_variable(index), "store"), part, lineno=1)
        for index, part in enumerate(parts)
        if isinstance(part, nodes.Expr)
    ]
    try:
        code = SANDBOX.compile(nodes.Template(body, lineno=1))
    except SyntaxError as error:  # such as a named argument that Python keeps for itself
        raise ExpressionError(f"not a valid expression: {error.msg}") from error
    return jinja2.Template.from_code(SANDBOX, code, {})


def _variable(index: int) -> str:
    return f"part_{index}"
