"""The reference pages in docs/, made from what the code does: never edited by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalog_platform.manifest.rulebook import PAGE
from catalog_platform.reference import environments, expressions, merging, rules

NOTE = "<!-- Made by `catalogctl docs`; edit the code that it describes instead. -->\n\n"


def pages(
    defaults: Mapping[str, str],
    resources: Mapping[str, Sequence[str]],
    examples: Mapping[str, rules.Example],
) -> dict[str, str]:
    """Every page by its path in the repository.

    `defaults` are written values by key, `resources` the types of resources that a key touches,
    `examples` what is reported for a manifest that breaks each rule.
    """
    made = {
        "docs/environments.md": environments.page(defaults, resources),
        "docs/expressions.md": expressions.page(),
        "docs/merging.md": merging.page(),
        PAGE: rules.page(examples),
    }
    return {path: NOTE + text.rstrip() + "\n" for path, text in made.items()}
