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
    """What scopes of waivers select the environments of a repository by."""
    manifests, _ = Manifests(workspace).check([])
    return {
        name: EnvironmentFacts(name, found.environment.tier, found.release.target)
        for name, found in manifests.items()
    }


def known(workspace: Workspace = EXAMPLES) -> list[EnvironmentFacts]:
    """The environments of a repository, and by name those that waivers may be for."""
    facts = facts_of(workspace)
    shipped = Workspace(ROOT).environment_names()
    return [*facts.values(), *(EnvironmentFacts(name) for name in shipped if name not in facts)]


def day() -> datetime.date:
    """The last day on which a waiver was created: a test doesn't expire with the waivers."""
    created: list[datetime.date] = [
        entry["created"] for entry in yaml.safe_load((POLICIES / FILE).read_text())["waivers"]
    ]
    return max(created)


def waivers(kind: str) -> Waivers:
    """The waivers of a kind."""
    return Waivers(POLICIES, kind, day(), known())
