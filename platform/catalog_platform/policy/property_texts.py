"""Read every text in a property of a template, with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.policy.intrinsics import function_of
from catalog_platform.policy.scanned_stack import ScannedStack


def property_texts(value: Any, path: str, stack: ScannedStack) -> Iterator[tuple[str, str]]:
    """Yield each text that a scalar below the value can have, with the path of the scalar.

    Each branch of `Fn::If` has its own path. See `ScannedStack.texts` for references.
    """
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from property_texts(each, f"{path}/[{number}]", stack)
    elif isinstance(value, Mapping) and function_of(value) in ("", "Fn::If"):
        for name, each in value.items():
            yield from property_texts(each, f"{path}/{name}", stack)
    else:
        yield from ((path, text) for text in stack.texts(value))
