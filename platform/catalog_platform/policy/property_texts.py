"""Read every text in a property of a template, with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.policy.intrinsics import EVALUATED, function_of
from catalog_platform.policy.scanned_stack import ScannedStack


def property_texts(value: Any, path: str, stack: ScannedStack) -> Iterator[tuple[str, str]]:
    """Yield each text that a scalar below the value can have, with the path of the scalar.

    Each branch of `Fn::If` has its own path, and so has each text in a function that cannot be
    evaluated. See `ScannedStack.texts` for references.
    """
    function = function_of(value)
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from property_texts(each, f"{path}/[{number}]", stack)
    elif isinstance(value, Mapping) and function in ("", "Fn::If"):
        for name, each in value.items():
            yield from property_texts(each, f"{path}/{name}", stack)
    else:
        yield from ((path, text) for text in stack.texts(value))
        if function and function not in EVALUATED:
            yield from property_texts(value[function], f"{path}/{function}", stack)
