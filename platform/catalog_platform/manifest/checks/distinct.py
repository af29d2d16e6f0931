"""The rule that lists of a manifest have no equal elements."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest
from catalog_platform.model.section import Section


def list_elements_are_distinct(manifest: Manifest) -> Iterator[RuleViolation]:
    """No element is listed twice: elements become resources, and AWS refuses a second one.

    Two subscriptions are equal if they notify the same receiver about the same severity
    (subscriptions-are-distinct).
    """
    yield from _in_section(manifest, "")


def _in_section(section: Section, path: str) -> Iterator[RuleViolation]:
    for name in section.__struct_fields__:
        value, inner = getattr(section, name), f"{path}.{name}".lstrip(".")
        if isinstance(value, Section):
            yield from _in_section(value, inner)
        elif isinstance(value, tuple):
            yield from _in_list(value, inner)


def _in_list(elements: tuple[object, ...], path: str) -> Iterator[RuleViolation]:
    for index, element in enumerate(elements):
        inner = f"{path}[{index}]"
        if isinstance(element, Section):
            yield from _in_section(element, inner)
        elif element in elements[:index]:
            first = f"{path}[{elements.index(element)}]"
            yield RuleViolation(
                inner,
                f"{element} is already {first}",
                "remove one of the two, or use another value",
                (first,),
            )


RULES: tuple[Rule, ...] = (list_elements_are_distinct,)
