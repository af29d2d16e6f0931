"""Everything an expression may call: pure, with no more out than a small multiple of what went in.

Functions are what Jinja has no filter for. They can be written as filters, too:
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
class Function:
    """A function by the name that expressions know it under."""

    name: str
    group: str
    call: Callable[..., Any]
    signature: inspect.Signature

    @property
    def usage(self) -> str:
        """`subnet(block, prefix_length, index)`."""
        return f"{self.name}({', '.join(map(_parameter, self.signature.parameters.values()))})"

    @property
    def summary(self) -> str:
        """What it gives, in one sentence."""
        return self._paragraphs()[0]

    @property
    def details(self) -> str:
        """What else there is to know; often nothing."""
        return "\n\n".join(part for part in self._paragraphs()[1:] if not part.startswith(">>>"))

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """Calls and what they give, as Python writes it; a test holds them to it."""
        lines = [
            line for part in self._paragraphs() if part[:3] == ">>>" for line in part.split("\n")
        ]
        return tuple((call[4:], gives) for call, gives in zip(lines[::2], lines[1::2], strict=True))

    def _paragraphs(self) -> Sequence[str]:
        return (inspect.getdoc(self.call) or "").split("\n\n")

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        """Raises `ValueError`, in words for the author of the expression."""
        try:
            self.signature.bind(*arguments, **named)
        except TypeError:
            raise ValueError(f"it is called as {self.usage}") from None
        return self.call(*arguments, **named)


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.default is inspect.Parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default!r}"


def _registered() -> dict[str, Function]:
    groups = {
        "Networks": network.FUNCTIONS,
        "Sizes and durations": quantities.FUNCTIONS,
        "Text and names": text.FUNCTIONS,
    }
    return {
        name: Function(name, group, call, inspect.signature(call))
        for group, functions in groups.items()
        for name, call in functions.items()
    }


FUNCTIONS: Mapping[str, Function] = _registered()
CALLABLE: Mapping[str, Callable[..., Any]] = {**FILTERS, **FUNCTIONS}
# Functions of earlier versions, and what to write instead.
REPLACED: Mapping[str, str] = {
    "ceil": "value | round(0, 'ceil') | int",
    "floor": "value | round(0, 'floor') | int",
    "clamp": "[[value, low] | max, high] | min",
    "format": "texts joined with ~",
}
