"""The repository's waivers, applied to the test suite's environments."""

from __future__ import annotations

import datetime

import yaml

from catalog_platform.manifest import Manifests
from catalog_platform.policy.waiver_format import FILE
from catalog_platform.policy.waivers import EnvironmentFacts, Waivers
from catalog_platform.workspace import Workspace
from support.manifests import EXAMPLES, ROOT

POLICIES = ROOT / "policies"


def facts_of(workspace: Workspace) -> dict[str, EnvironmentFacts]:
    """Return the facts by which waivers select the environments of a repository."""
    manifests, _ = Manifests(workspace).check([])
    return {
        name: EnvironmentFacts(name, found.environment.tier, found.release.target)
        for name, found in manifests.items()
    }


def known(workspace: Workspace = EXAMPLES) -> list[EnvironmentFacts]:
    """Return the facts of a repository's environments, and the names of the shipped ones."""
    facts = facts_of(workspace)
    shipped = Workspace(ROOT).environment_names()
    return [*facts.values(), *(EnvironmentFacts(name) for name in shipped if name not in facts)]


def day() -> datetime.date:
    """Return the last creation day of a waiver, so that tests don't fail when waivers expire."""
    created: list[datetime.date] = [
        entry["created"] for entry in yaml.safe_load((POLICIES / FILE).read_text())["waivers"]
    ]
    return max(created)


def waivers(kind: str) -> Waivers:
    """Load the waivers of a kind."""
    return Waivers(POLICIES, kind, day(), known())
