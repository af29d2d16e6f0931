"""Functions and filters that expressions can call. They are pure, and their results are bounded.

Functions provide what Jinja's filters lack. They can also be written as filters:
`network.cidr | subnet(20, 3)` is `subnet(network.cidr, 20, 3)`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog_platform.manifest.functions import network, quantities, text
from catalog_platform.manifest.functions.filters import FILTERS


@dataclass(frozen=True, slots=True)
class ExpressionFunction:
    """A function that expressions can call."""

    name: str
    group: str
    call: Callable[..., Any]
    signature: inspect.Signature

    @property
    def usage(self) -> str:
        """Return the call with its parameters: `subnet(block, prefix_length, index)`."""
        return f"{self.name}({', '.join(map(_parameter, self.signature.parameters.values()))})"

    @property
    def summary(self) -> str:
        """Return the first paragraph of the docstring."""
        return self._paragraphs()[0]

    @property
    def details(self) -> str:
        """Return the other paragraphs of the docstring, without examples."""
        return "\n\n".join(part for part in self._paragraphs()[1:] if not part.startswith(">>>"))

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """Return the docstring's example calls with their results, in Python's notation."""
        lines = [
            line for part in self._paragraphs() if part[:3] == ">>>" for line in part.split("\n")
        ]
        return tuple((call[4:], gives) for call, gives in zip(lines[::2], lines[1::2], strict=True))

    def _paragraphs(self) -> Sequence[str]:
        return (inspect.getdoc(self.call) or "").split("\n\n")

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        """Call the function. Raises `ValueError` for invalid arguments."""
        try:
            self.signature.bind(*arguments, **named)
        except TypeError:
            raise ValueError(f"wrong arguments; write {self.usage}") from None
        return self.call(*arguments, **named)


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default!r}"


def _registered() -> dict[str, ExpressionFunction]:
    groups = {
        "Networks": network.FUNCTIONS,
        "Sizes and durations": quantities.FUNCTIONS,
        "Text and names": text.FUNCTIONS,
    }
    return {
        name: ExpressionFunction(name, group, call, inspect.signature(call))
        for group, functions in groups.items()
        for name, call in functions.items()
    }


FUNCTIONS: Mapping[str, ExpressionFunction] = _registered()
CALLABLE: Mapping[str, Callable[..., Any]] = {**FILTERS, **FUNCTIONS}
# Removed functions and their replacements.
REPLACED: Mapping[str, str] = {
    "ceil": "value | round(0, 'ceil') | int",
    "floor": "value | round(0, 'floor') | int",
    "clamp": "[[value, low] | max, high] | min",
    "format": "texts joined with ~",
}
