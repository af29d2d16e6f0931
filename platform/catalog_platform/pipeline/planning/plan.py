"""Make the plan of a merge from its two sides."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import UNSET

from catalog_platform.aws.prices import table
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.findings import Finding
from catalog_platform.git import git
from catalog_platform.pipeline.billed import is_billed
from catalog_platform.pipeline.planning.base_version import base_side
from catalog_platform.pipeline.planning.because import changed_code, with_causes
from catalog_platform.pipeline.planning.keys import changed_keys
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.planning.unchanged import unchanged
from catalog_platform.pipeline.planning.working_tree import head_side
from catalog_platform.plan.cost.comparison import compare
from catalog_platform.plan.environment import changes_of_stack, resource_changes, worst_of
from catalog_platform.plan.grouping import grouped
from catalog_platform.plan.model import (
    Base,
    EnvironmentFinding,
    EnvironmentPlan,
    Head,
    Plan,
    Status,
)
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.versions.checkout import check_out
from catalog_platform.workspace import Workspace

# Adds what an account says to the plan of an environment, given its stacks at base and head.
Against = Callable[[EnvironmentPlan, Stack | None, Stack | None], EnvironmentPlan]


def make_plan(
    workspace: Workspace,
    names: Sequence[str],
    reference: str | None,
    progress: Progress,
    against: Against | None = None,
) -> Plan:
    """Compare the environments (all if empty) of the working tree with those at the base.

    The base is `reference`, or the merge base with the main branch. An environment that can't be
    compared has the status `unknown` and the findings. With `against`, all of them are synthesised
    and compared with their accounts. Without a table of prices, there is no cost. Raises
    `UsageError` for an unknown environment or reference, `PlatformError` when the base can't be
    checked out, `FindingsError` when the table of prices is malformed.
    """
    base = comparison_base.find(workspace, reference)
    files = changed_code(workspace, base.commit)
    with tempfile.TemporaryDirectory(prefix="catalogctl-plan-") as folder:
        scratch = Path(folder)
        before = check_out(workspace, base.commit, scratch / "checkout")
        every = tuple(sorted({*before.environment_names(), *workspace.environment_names()}))
        # Names that neither side has.
        workspace.select([name for name in names if name not in every])
        chosen = tuple(name for name in every if name in names or not names)
        same = frozenset() if against else unchanged(before, workspace, chosen, files)
        planned = {name: _unchanged(name) for name in same}
        if rest := tuple(name for name in chosen if name not in same):
            prices = _prices(workspace)
            with progress.step(
                f"synthesise {', '.join(rest)} at {base.reference} and here"
            ) as show:
                sides = _sides(workspace, before, base, rest, scratch, show)
            for name in rest:
                planned[name] = _environment(name, *sides, files, scratch, prices)
                if against is not None:
                    stacks = (side.stacks.get(name) for side in sides)
                    planned[name] = against(planned[name], *stacks)
    return Plan(
        base=Base(ref=base.reference, commit=base.commit),
        head=_head(workspace),
        environments=[planned[name] for name in chosen],
    )


def _sides(
    workspace: Workspace,
    before: Workspace,
    base: comparison_base.Base,
    names: tuple[str, ...],
    scratch: Path,
    show: Callable[[str], None],
) -> tuple[Side, Side]:
    """Synthesise both sides at the same time."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(base_side, before, base, names, scratch, show)
        head = head_side(workspace, names, scratch, Progress(quiet=True))
        return future.result(), head


def _unchanged(name: str) -> EnvironmentPlan:
    return EnvironmentPlan(
        environment=name,
        status="unchanged",
        verdict="safe",
        keys=[],
        code=False,
        stack_changes=[],
        changes=[],
    )


def _prices(workspace: Workspace) -> PriceTable | None:
    exists = table.file_in(workspace.policies).exists()
    return table.read(workspace.policies) if exists else None


def _head(workspace: Workspace) -> Head:
    commit = git(workspace.root, "rev-parse", "HEAD").strip()
    dirty = bool(git(workspace.root, "status", "--porcelain", "--", ".").strip())
    return Head(commit=commit, dirty=dirty)


def _environment(
    name: str,
    base: Side,
    head: Side,
    files: list[str],
    scratch: Path,
    prices: PriceTable | None,
) -> EnvironmentPlan:
    old, new = base.stacks.get(name), head.stacks.get(name)
    findings = [
        *_findings("base", base.findings.get(name, ())),
        *_findings("head", head.findings.get(name, ())),
    ]
    changes = [] if findings else resource_changes(old, new)
    of_stack = [] if findings else changes_of_stack(old, new)
    code = False
    if changes and old is not None and new is not None:
        changes, code = with_causes(
            base.workspace, head.workspace, name, old, changes, files, scratch / name
        )
    status = _status(name, base, head, changed=bool(changes or of_stack), known=not findings)
    side = head if name in head.names else base
    compared = status not in ("unchanged", "unknown") and is_billed(side.manifests, name)
    return EnvironmentPlan(
        environment=name,
        status=status,
        findings=findings or UNSET,
        verdict=worst_of((*changes, *of_stack)).value,
        digest=head.digests.get(name, UNSET),
        keys=changed_keys(base.manifests, head.manifests, name, name),
        code=code,
        stack_changes=of_stack,
        changes=grouped(changes),
        cost=compare(old, new, changes, prices) if prices and compared else UNSET,
    )


def _status(name: str, base: Side, head: Side, *, changed: bool, known: bool) -> Status:
    if not known:
        return "unknown"
    if name not in base.names:
        return "added"
    if name not in head.names:
        return "removed"
    if changed or base.digests[name] != head.digests[name]:
        return "changed"
    return "unchanged"


def _findings(side: str, found: Sequence[Finding]) -> list[EnvironmentFinding]:
    return [
        EnvironmentFinding(
            side="base" if side == "base" else "head",
            rule=each.rule,
            message=each.message,
            file=each.location.file,
            line=each.location.line,
        )
        for each in found
    ]
