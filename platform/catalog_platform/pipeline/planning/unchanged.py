"""Find environments whose stack can't differ, without synthesising them."""

from __future__ import annotations

from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace


def unchanged(
    base: Workspace, head: Workspace, names: tuple[str, ...], files: list[str]
) -> frozenset[str]:
    """Return the environments that both versions make of the same code and the same manifest.

    `files` are the files of the code that differ: with any, nothing is known without synthesis.
    An environment with errors at the head is not included; with an error of all, none is.
    """
    if files:
        return frozenset()
    before, now = Manifests(base), Manifests(head)
    both = set(base.environment_names()) & set(head.environment_names()) & set(names)
    _, findings = now.check(sorted(both)) if both else ({}, ())
    wrong = {each.environment for each in findings if has_errors([each])}
    if "" in wrong:
        return frozenset()
    return frozenset(
        name
        for name in both - wrong
        if (model := now.model(name)) is not None and model == before.model(name)
    )
