"""Repositories with a base and a working tree, and their plans, without building functions."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from catalog_platform import packaging, report
from catalog_platform.commands import scan
from catalog_platform.errors import ToolError
from catalog_platform.findings import has_errors
from catalog_platform.infra import app
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import base_version, make_plan
from catalog_platform.pipeline.synth import build_assembly
from catalog_platform.plan.model import Change, EnvironmentPlan, Plan
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.git import Repository
from support.manifests import DEFAULTS
from support.plan_schema import assert_published
from support.synthesis import stub_bundles

SHOP = """\
environment:
  name: shop
  tier: development
  account: "555555555555"
network:
  cidr: 10.55.0.0/16
stream:
  shards: 2
"""
OTHER = SHOP.replace("shop", "other").replace("10.55", "10.56")


@dataclass(frozen=True)
class PlanRepository:
    """A repository whose branch `main` is the base of later changes."""

    workspace: Workspace
    repository: Repository

    @classmethod
    def create(
        cls, root: Path, monkeypatch: pytest.MonkeyPatch, **environments: str
    ) -> PlanRepository:
        """Commit the environments to `main`. Bundles are stubs that only name their function."""
        stubs = root.parent / "stubs"
        stub_bundles(stubs)

        def build(function: Path, *_: object) -> Path:
            return stubs / f"{function.name}.zip"

        monkeypatch.setattr(packaging, "build", build)
        monkeypatch.setattr(base_version, "run_own", _run_here)
        # The base's process is a thread here, and the CDK's process serves one thread at a time.
        lock, synthesise = threading.RLock(), app.synthesise

        def one_at_a_time(*arguments: Any, **options: Any) -> Path:
            with lock:
                return synthesise(*arguments, **options)

        monkeypatch.setattr(app, "synthesise", one_at_a_time)
        made = cls(Workspace(root), Repository.create(root))
        made.write("defaults", DEFAULTS)
        for name, text in environments.items():
            made.write(name, text)
        made.repository.commit("base")
        return made

    @classmethod
    def with_two_shops(cls, root: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
        """Commit the environments `shop` and `other`."""
        for name, value in IDENTITY.items():
            monkeypatch.setenv(name, value)
        return cls.create(root, monkeypatch, shop=SHOP, other=OTHER)

    def statuses(self) -> dict[str, str]:
        """Return the status of each environment."""
        return {each.environment: each.status for each in self.plan().environments}

    def write(self, name: str, text: str) -> None:
        """Write an environment's file in the working tree."""
        self.workspace.environments.mkdir(exist_ok=True)
        (self.workspace.environments / f"{name}.yaml").write_text(text)

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a text of an environment's file. Raises `AssertionError` without it."""
        text = (self.workspace.environments / f"{name}.yaml").read_text()
        assert before in text
        self.write(name, text.replace(before, after))

    def plan(self, *names: str, base: str | None = "main") -> Plan:
        """Return the plan of the working tree, which is valid by the published schema."""
        made = make_plan(Manifests(self.workspace), names, base, Progress(quiet=True))
        assert_published(made)
        return made

    def environment(self, name: str) -> EnvironmentPlan:
        """Return the plan of one environment."""
        (found,) = self.plan(name).environments
        return found


def changes_by_resource(plan: EnvironmentPlan) -> dict[str, Change]:
    """Return the changes of an environment by construct path."""
    return {each.resource: each for each in plan.changes}


def _run_here(workspace: Workspace, *arguments: str, **options: Any) -> str:
    """Validate, synthesise or scan a version with this process's code."""
    words = [each for each in arguments if not each.startswith("-")]
    if words[0] == "validate":
        manifests = Manifests(workspace)
        _, findings = manifests.check(words[1:-1])
        if has_errors(findings):
            for line in report.render(findings, "json", manifests).splitlines():
                options["on_line"](line)
            raise ToolError("failed", returncode=1, tail="")
        return ""
    if words[0] == "scan":
        *names, assembly, _, output = words[1:]
        code = scan.run(
            workspace,
            names=names,
            assembly=Path(assembly),
            format="json",
            output=Path(output),
            sarif=None,
        )
        if code:
            raise ToolError("failed", returncode=code, tail="")
        return ""
    names, out = words[1:-1], Path(words[-1])
    build_assembly(workspace, Manifests(workspace), names, out, None, Progress(quiet=True))
    return ""
