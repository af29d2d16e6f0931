"""Plan a merge and scan what it would deploy, from one synthesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.causes import with_causes
from catalog_platform.pipeline.kept import is_committed
from catalog_platform.pipeline.planning import HeadUse, make_plan
from catalog_platform.pipeline.planning.because import changed_files
from catalog_platform.pipeline.planning.plan import Part
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.plan.model import Plan
from catalog_platform.policy.engine_process import EngineProcess
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.workspace import Workspace


class Review:
    """Plans with scans of the environments that a merge changes.

    The policy engines run in a process of their own, which loads them beside the synthesis and
    serves all reviews; `stop` it at the end.
    """

    def __init__(self, workspace: Workspace, progress: Progress) -> None:
        self._workspace = workspace
        self._progress = progress
        self._engines: EngineProcess | None = None

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

        With `from_base`, the policies of the base judge. If the policies differ, all environments
        are scanned. `part` selects some of the environments. Findings that prevent the scan are its
        problems. Raises what `make_plan` and `scan_compared` do.
        """
        base = comparison_base.find(self._workspace, reference)
        compared = Comparison(
            base=base,
            policies_from_base=from_base,
            cache=cache / "scans" if cache else None,
        )
        found = ScanResult()

        def scan(plan: Plan, head: Side) -> None:
            nonlocal found
            try:
                found = self._scan(plan, head, compared)
            except FindingsError as error:
                found = ScanResult(problems=error.findings)

        plan = make_plan(
            manifests,
            names,
            reference,
            self._progress,
            cache=cache / "stacks" if cache else None,
            head_use=HeadUse(
                of_all=bool(changed_files(self._workspace, base.commit, "policies")),
                prepare=self._start,
                use=scan,
            ),
            part=part,
        )
        return plan, found

    def stop(self) -> None:
        """Stop the process of the engines."""
        if self._engines is not None:
            self._engines.stop()

    def _start(self) -> EngineProcess:
        if self._engines is None:
            self._engines = EngineProcess()
            self._engines.start()
        return self._engines

    def _scan(self, plan: Plan, head: Side, compared: Comparison) -> ScanResult:
        # Imported here because it loads the CDK, which has just synthesised.
        from catalog_platform.infra import bundle_files

        whole = ScanResult()
        build = self._workspace.build
        verdicts = None if is_committed(self._workspace) else build / "verdicts"
        for assembly in dict.fromkeys(head.assemblies.values()):
            names = [name for name, path in head.assemblies.items() if path == assembly]
            # A plan needs no bundles, and an assembly without them is an error of the scan.
            bundle_files.add(assembly)
            found = scan_compared(
                self._workspace,
                head.manifests,
                names,
                assembly,
                compared,
                self._progress,
                run=self._start(),
                verdicts=verdicts,
            )
            whole = _joined(whole, found)
        changes = {each.environment: each.changes for each in plan.environments}
        return with_causes(whole, head.manifests, changes)


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
