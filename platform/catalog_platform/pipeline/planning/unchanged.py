"""Find environments whose stack can't differ, without synthesising them."""

from __future__ import annotations

from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests


def unchanged(
    before: Manifests, now: Manifests, names: tuple[str, ...], files: list[str]
) -> frozenset[str]:
    """Return the environments that both versions make of the same code and the same manifest.

    `files` are the files of the code that differ: with any, nothing is known without synthesis.
    An environment with errors at the head is not included; with an error of all, none is.
    """
    if files:
        return frozenset()
    existing = set(before.workspace.environment_names()), set(now.workspace.environment_names())
    both = set.intersection(*existing, names)
    _, findings = now.check(sorted(both)) if both else ({}, ())
    wrong = {each.environment for each in findings if has_errors([each])}
    if "" in wrong:
        return frozenset()
    return frozenset(name for name in both - wrong if _are_equal(before, now, name))


def _are_equal(before: Manifests, now: Manifests, name: str) -> bool:
    """Return whether an environment's manifests are equal, if possible by the texts alone."""
    model, digest = now.model(name), now.digest(name)
    if model is None:
        return False
    return (digest is not None and digest == before.digest(name)) or model == before.model(name)
