"""Find renamed environments: one file is gone, and a new one has most of its lines."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.workspace import Workspace

# Git's default: https://git-scm.com/docs/git-diff#Documentation/git-diff.txt--Mltngt
SIMILAR = 0.5


def renames(base: Manifests, head: Manifests) -> dict[str, str]:
    """Return the old name of each renamed environment, by its new name.

    Both have the same account and region: elsewhere, an environment is a new one. The most similar
    files are paired first. Files that only the working tree has are included.
    """
    before = set(base.workspace.environment_names())
    now = set(head.workspace.environment_names())
    pairs = sorted(
        _pairs(base, sorted(before - now), head, sorted(now - before)),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    found: dict[str, str] = {}
    for _, old, new in pairs:
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _pairs(
    base: Manifests, removed: list[str], head: Manifests, added: list[str]
) -> Iterator[tuple[float, str, str]]:
    """Yield similarity, old and new name of each pair that can be a rename."""
    if not removed or not added:
        return
    places = {name: _place(head, name) for name in added}
    for old in removed:
        place = _place(base, old)
        lines = _lines(base.workspace, old)
        for new in added:
            if place is None or place != places[new]:
                continue
            matcher = SequenceMatcher(None, lines, _lines(head.workspace, new), autojunk=False)
            if matcher.quick_ratio() >= SIMILAR and (ratio := matcher.ratio()) >= SIMILAR:
                yield ratio, old, new


def _place(manifests: Manifests, name: str) -> tuple[object, object] | None:
    """Return account and region of an environment; None if its manifest can't be resolved."""
    try:
        leaves = dict(manifests.resolve(name))
        return leaves["environment.account"].value, leaves["environment.region"].value
    except (PlatformError, KeyError):
        return None


def _lines(workspace: Workspace, name: str) -> list[str]:
    """Return the lines of a manifest without indentation, comments and empty lines."""
    text = (workspace.environments / f"{name}.yaml").read_text(encoding="utf-8", errors="replace")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
