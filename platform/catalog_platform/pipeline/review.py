"""Plan a merge and scan what it would deploy, from one synthesis.

The policies run in a process of their own, from the end of the synthesis on, while this process
compares the stacks and finds the causes of their changes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.causes import with_causes
from catalog_platform.pipeline.compared_versions import (
    MANIFESTS,
    POLICIES,
    Bases,
    ComparedVersions,
)
from catalog_platform.pipeline.planning import HeadUse, plan_of
from catalog_platform.pipeline.planning.plan import Part
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scanning.compare import BaseScanning, Comparison, compared, judge_of
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.plan.model import Plan
from catalog_platform.policy.begun_scans import BegunScans
from catalog_platform.policy.engine_process import EngineProcess
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.verdict_cache import VerdictCache
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace


class Review:
    """Plans with scans of the environments that a merge changes.

    The process of the engines serves all reviews, and what depends on the base's commit only is
    kept for the next one; `stop` it at the end.
    """

    def __init__(
        self, workspace: Workspace, progress: Progress, synthesis: Synthesis | None = None
    ) -> None:
        """Use a synthesis, by default that of this process."""
        self._synthesis = synthesis
        self._workspace = workspace
        self._progress = progress
        self._engines = EngineProcess()
        self._bases = Bases(MANIFESTS, POLICIES)

    def prepare(self) -> None:
        """Let the engines load, unless they have. Raises `ToolError`."""
        self._engines.start()

    def run(
        self,
        manifests: Manifests,
        names: Sequence[str],
        reference: str | None,
        *,
        cache: Path | None = None,
        from_base: bool = False,
        part: Part | None = None,
    ) -> tuple[Plan, ScanResult]:
        """Return the plan, and the scan of what differs from the base; see `make_plan`.

        With `from_base`, the policies and prices of the base count. If the policies differ, all
        environments are scanned. `part` selects some of the environments. Findings that prevent the
        scan are its problems. Raises what `make_plan` and `scan_compared` do.
        """
        base = comparison_base.find(self._workspace, reference)
        versions = self._bases.compare(manifests, base)
        comparison = Comparison(
            base=base,
            policies_from_base=from_base,
            cache=cache / "scans" if cache else None,
        )
        scan = _Scan(versions, comparison, self._engines, self._synthesis, self._progress)
        with contextlib.closing(scan):
            plan = plan_of(
                versions,
                names,
                self._progress,
                cache=cache / "stacks" if cache else None,
                part=part,
                head_use=HeadUse(
                    of_all=bool(versions.policies),
                    prepare=self.prepare,
                    begin=scan.begin,
                    use=scan.finish,
                ),
                synthesis=self._synthesis,
                judge=judge_of(versions, comparison),
            )
        return plan, scan.result

    def stop(self) -> None:
        """Stop the process of the engines, and remove what is kept of the base."""
        self._engines.stop()
        self._bases.close()


class _Scan:
    """The scan of the working tree's stacks, with its result at the end."""

    def __init__(
        self,
        versions: ComparedVersions,
        comparison: Comparison,
        running: EngineProcess,
        synthesis: Synthesis | None,
        progress: Progress,
    ) -> None:
        self._versions = versions
        self._comparison = comparison
        self._process = running
        self._synthesis = synthesis
        self._progress = progress
        build = versions.now.workspace.build
        kept = None if versions.is_build_committed else build / "verdicts"
        self._engines = BegunScans(VerdictCache(kept, running) if kept else running)
        self.result = ScanResult()

    def begin(self, head: Side) -> None:
        """Let the engines begin."""
        judge = judge_of(self._versions, self._comparison) or self._versions.now.workspace
        for assembly, names in _names(head).items():
            self._engines.begin(assembly, names, judge.policies / "checks")

    def finish(self, plan: Plan, base: Side, head: Side) -> None:
        """Wait for the engines; compare their results with those of the base."""
        try:
            self.result = self._compared(plan, base, head)
        except FindingsError as error:
            self.result = ScanResult(problems=error.findings)

    def _compared(self, plan: Plan, base: Side, head: Side) -> ScanResult:
        versions, whole = self._versions, ScanResult()
        how = BaseScanning(self._comparison, self._engines, self._synthesis, base)
        for assembly, names in _names(head).items():
            with self._progress.step("scan " + ", ".join(names)):
                found = scan_assembly(
                    versions.now.workspace,
                    versions.now,
                    names,
                    assembly,
                    judge=judge_of(versions, self._comparison),
                    run=self._engines,
                    attests=False,
                )
            found = compared(
                versions,
                found,
                names,
                assembly,
                how,
                self._progress,
                digests=head.digests,
            )
            whole = _joined(whole, found)
        changes = {each.environment: each.changes for each in plan.environments}
        return with_causes(whole, versions.now, changes)

    def close(self) -> None:
        """Stop the process of the engines after an error: it may be at work, or have ended."""
        if not self._engines.is_complete:
            self._process.stop()
        self._engines.close()


def _names(head: Side) -> dict[Path, list[str]]:
    """Return the environments of each assembly."""
    found: dict[Path, list[str]] = {}
    for name, assembly in head.assemblies.items():
        found.setdefault(assembly, []).append(name)
    return found


def _joined(first: ScanResult, second: ScanResult) -> ScanResult:
    """Return the scan of both; problems that concern no environment are in both."""
    return replace(
        second,
        environments=(*first.environments, *second.environments),
        results=(*first.results, *second.results),
        checks=(*first.checks, *second.checks),
        problems=tuple(dict.fromkeys((*first.problems, *second.problems))),
        fixed=(*first.fixed, *second.fixed),
        known_policies=first.known_policies | second.known_policies,
    )
