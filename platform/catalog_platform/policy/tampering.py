"""Detect that a policy's file changes other code when it is imported.

A policy is code and runs in this process, so it could switch others off. This finds what a mistake
or a copied workaround does: removed checks, and replaced functions and methods of checkov and of
this package. It is no protection against a hostile policy: review decides what is merged, and a
pull request is checked with the policies of its base.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

PACKAGES = ("checkov.", "catalog_platform.")

State = Mapping[str, object]


def state(checks: Iterable[Any]) -> State:
    """Return the functions and methods of the packages and of the checks, by a name for each."""
    found: dict[str, object] = {}
    for name, module in list(sys.modules.items()):
        if not name.startswith(PACKAGES):
            continue
        for attribute, value in list(vars(module).items()):
            if callable(value):
                found[f"{name}.{attribute}"] = value
            if isinstance(value, type) and value.__module__ == name:
                for method, code in list(vars(value).items()):
                    if callable(code):
                        found[f"{name}.{attribute}.{method}"] = code
    for check in checks:
        found[f"the policy {check.id}"] = check
        for attribute, value in vars(check).items():
            if callable(value):
                found[f"{attribute} of the policy {check.id}"] = value
    return found


def changes(before: State, after: State) -> list[str]:
    """Return what was replaced or removed, or added to a check that existed before."""
    lost = [name for name, value in before.items() if after.get(name) is not value]
    known = {name for name in before if name.startswith("the policy ")}
    added = [
        name
        for name in after.keys() - before.keys()
        if " of the policy " in name and f"the policy {name.rpartition(' ')[2]}" in known
    ]
    return sorted(lost + added)
