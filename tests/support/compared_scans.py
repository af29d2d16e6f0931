"""Scans of a working tree and its base, without synthesis and without policies."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.findings import Finding, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import base_version
from catalog_platform.pipeline.planning import side as planning
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.pipeline.scanning.same_code import SameCode
from catalog_platform.policy import gate
from catalog_platform.policy.results import PolicyResult, ScannedEnvironment, ScanResult
from catalog_platform.report import scan_json
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace
from support import templates
from support.checkouts import IDENTITY
from support.git import Repository
from support.manifests import DEFAULTS, SOURCES
from support.plans import OTHER, SHOP
from support.templates import QUEUE, VALID, placed

KNOWN = frozenset({"CKV_AWS_27", "CKV_AWS_26"})


@dataclass
class Side:
    """What a version's scan finds, and the resources of its stacks by environment."""

    results: list[PolicyResult] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    stacks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def scan(self, names: Collection[str]) -> ScanResult:
        """Return the scan of some environments."""
        return ScanResult(
            environments=tuple(ScannedEnvironment(name=name) for name in names),
            results=tuple(each for each in self.results if each.environment in names),
            problems=tuple(self.problems),
            known_policies=KNOWN,
        )


@dataclass
class ScanRepository:
    """A repository with the environments `shop` and `other`, committed to `main`.

    `base` and `head` have what the scans of the two sides find. `calls` are what was asked of the
    base, `own` those of it that its own code was asked for. `judged_by` are the texts of the
    waivers that applied to the head.
    """

    workspace: Workspace
    repository: Repository
    base: Side
    head: Side
    calls: list[tuple[str, ...]] = field(default_factory=list)
    own: list[tuple[str, ...]] = field(default_factory=list)
    judged_by: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    report: str | None = None
    failing: str = ""

    @classmethod
    def create(cls, root: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
        """Commit both environments, whose stacks are the same on both sides."""
        for name, value in IDENTITY.items():
            monkeypatch.setenv(name, value)
        stacks = {name: {"Name": VALID} for name in ("shop", "other")}
        made = cls(
            Workspace(root),
            Repository.create(root),
            Side(stacks=dict(stacks)),
            Side(stacks=dict(stacks)),
        )
        made.workspace.environments.mkdir()
        for name, text in {"defaults": DEFAULTS, "shop": SHOP, "other": OTHER}.items():
            (made.workspace.environments / f"{name}.yaml").write_text(text)
        table = "thresholds: {production: low, staging: low, development: medium}\npolicies: {}\n"
        templates.policies(made.workspace.policies, waivers="waivers: []\n", severities=table)
        (root / ".gitignore").write_text("/build/\n")
        made.repository.commit("base")
        monkeypatch.setattr(base_version, "run_own", made._run)
        monkeypatch.setattr(gate, "scan", made._scan)

        def synthesise(scanner: SameCode, names: tuple[str, ...]) -> planning.Side:
            return made._synthesise(scanner.scratch / "base", names)

        monkeypatch.setattr(SameCode, "synthesise", synthesise)
        monkeypatch.setattr(SameCode, "scan", lambda _, names, assembly: made._report(names))
        return made

    def affect(self, name: str) -> None:
        """Edit the manifest of an environment, so that its stack differs."""
        self.edit(name, "shards: 2", "shards: 3")
        queue = placed(QUEUE, "Stream/Queue", environment=name)
        self.head.stacks[name] = {"Name": VALID, "Queue": queue}

    def edit(self, name: str, before: str, after: str) -> None:
        """Replace a text of an environment's file."""
        path = self.workspace.environments / f"{name}.yaml"
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))

    def edit_code(self) -> None:
        """Edit a file of the code, so that the base's own code scans it."""
        self.workspace.root.joinpath("package.json").write_text("{}\n")

    def edit_policies(self) -> None:
        """Edit a file of the policies, so that the base has to be scanned."""
        (self.workspace.policies / "README.md").write_text("about policies\n")

    def scan(self, *names: str, reference: str = "main", from_base: bool = False) -> ScanResult:
        """Compare the head's assembly with the base."""
        chosen = names or self.workspace.environment_names()
        base = comparison_base.find(self.workspace, reference)
        return scan_compared(
            self.workspace,
            Manifests(self.workspace),
            chosen,
            self.assembly,
            Comparison(base=base, policies_from_base=from_base),
            Progress(quiet=True),
        )

    @property
    def assembly(self) -> Path:
        """Return the head's assembly, written anew."""
        return templates.assembly(self.workspace.build / "head", **self.head.stacks)

    def _scan(
        self,
        _assembly: Path,
        names: Collection[str],
        policies: Path,
        _locate: Any,
        *,
        known: Any,
        **_options: Any,
    ) -> ScanResult:
        self.judged_by.append((policies / "waivers.yaml").read_text())
        self.known = [each.name for each in known]
        return self.head.scan(names)

    def _synthesise(self, out: Path, names: Sequence[str]) -> planning.Side:
        self.calls.append(("synth", *names))
        templates.assembly(out, **{name: self.base.stacks[name] for name in names})
        stacks, digests = planning.read_stacks(out, tuple(names))
        return planning.Side(
            workspace=self.workspace,
            manifests=Manifests(self.workspace),
            names=tuple(names),
            stacks=stacks,
            digests=digests,
            findings={},
            assemblies=dict.fromkeys(names, out),
        )

    def _report(self, names: Collection[str]) -> str:
        self.calls.append(("scan", *names))
        found = scan_json.render(self.base.scan(names), SOURCES, datetime.date(2030, 1, 1))
        return found if self.report is None else self.report

    def _run(self, _workspace: Workspace, *arguments: str, **_options: Any) -> str:
        words = tuple(each for each in arguments if each != "-q")
        self.own.append(words)
        verb, *rest = words
        if verb == self.failing.split(" ")[0] and self.failing.split(" ")[-1] in words:
            raise ToolError("failed", returncode=3, tail="no such construct")
        names = tuple(each for each in rest if each in self.base.stacks)
        if verb == "synth":
            self._synthesise(Path(rest[rest.index("--out") + 1]), names)
        elif verb == "scan":
            Path(rest[rest.index("--output") + 1]).write_text(self._report(names))
            if has_errors(self.base.scan(names).findings):
                raise ToolError("failed", returncode=1, tail="")
        return ""
