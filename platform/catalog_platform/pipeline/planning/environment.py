"""The plan of one environment, from the stacks of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import UNSET, UnsetType

from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.findings import Finding
from catalog_platform.pipeline.billed import is_billed
from catalog_platform.pipeline.planning.because import with_causes
from catalog_platform.pipeline.planning.keys import changed_keys
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.pipeline.planning.stack_causes import as_additions, with_keys
from catalog_platform.pipeline.planning.variants import Variants
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.plan.changes import ResourceChange
from catalog_platform.plan.changes import changes as stack_rows
from catalog_platform.plan.cost.comparison import compare
from catalog_platform.plan.environment import changes_of_stack, resource_changes, worst_of
from catalog_platform.plan.grouping import grouped
from catalog_platform.plan.model import Change, Cost, EnvironmentFinding, EnvironmentPlan, Status
from catalog_platform.plan.rename import rename_changes
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack
from catalog_platform.stages import stage


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides of a plan, the files of the code that differ, and what `Variants` needs.

    `with_reasons` is whether changes name the lines that cause them. Without `prices`, there is no
    cost.
    """

    base: Side
    head: Side
    files: list[str]
    scratch: Path
    with_reasons: bool
    prices: PriceTable | None
    synthesis: Synthesis | None = None
    kept: StackCache | None = None


def environment_plan(name: str, former: str, sides: Sides) -> EnvironmentPlan:
    """Return the plan of an environment, whose name at the base is `former`."""
    base, head, is_renamed = sides.base, sides.head, name != former
    old, new = base.stacks.get(former), head.stacks.get(name)
    findings = [
        *_findings("base", base.findings.get(former, ())),
        *_findings("head", head.findings.get(name, ())),
    ]
    changes: list[Change] = []
    of_stack: list[Change] = []
    rows: tuple[ResourceChange, ...] = ()
    if not findings and is_renamed:
        changes, of_stack = resource_changes(None, new), rename_changes(former, name)
    elif not findings:
        rows = () if old is None or new is None else stack_rows(old, new)
        changes, of_stack = resource_changes(old, new, rows), changes_of_stack(old, new)
    keys = changed_keys(base.manifests, head.manifests, name, former)
    of_stack = with_keys(of_stack, keys, sides.files)
    code, is_moved = False, old is not None and new is not None and is_another_stack(old, new)
    if changes and old is not None and new is not None and not is_renamed:
        with stage("find causes"):
            changes, code = _explained(name, old, () if is_moved else rows, changes, sides)
    if is_renamed or is_moved:
        changes = as_additions(changes, of_stack)
    status = _status(name, former, sides, changed=bool(changes or of_stack), known=not findings)
    return EnvironmentPlan(
        environment=name,
        status=status,
        from_=former if is_renamed else UNSET,
        findings=findings or UNSET,
        verdict=worst_of((*changes, *of_stack)).value,
        digest=head.digests.get(name, UNSET),
        keys=keys,
        code=code,
        stack_changes=grouped(of_stack),
        changes=grouped(changes),
        cost=_cost(name, former, status, old, new, changes, sides),
    )


def _cost(
    name: str,
    former: str,
    status: Status,
    old: Stack | None,
    new: Stack | None,
    changes: list[Change],
    sides: Sides,
) -> Cost | UnsetType:
    """Return the cost of an environment that changes, of the sides that are deployed to AWS."""
    if sides.prices is None or status in ("unchanged", "unknown"):
        return UNSET
    billed_old = old if is_billed(sides.base.manifests, former) else None
    billed_new = new if is_billed(sides.head.manifests, name) else None
    if billed_old is None and billed_new is None:
        return UNSET
    return compare(billed_old, billed_new, changes, sides.prices, is_renamed=name != former)


def _explained(
    name: str, old: Stack, rows: Sequence[ResourceChange], changes: list[Change], sides: Sides
) -> tuple[list[Change], bool]:
    """Return the changes with their causes if wanted, and whether the code is one of them.

    Without `rows`, the resources are added to another stack, whatever differs in the template.
    """
    base, head, scratch = sides.base.workspace, sides.head.workspace, sides.scratch / name
    variants = Variants(base, head, name, old, scratch, sides.synthesis, sides.kept)
    if sides.with_reasons and rows:
        return with_causes(variants, rows, changes, sides.files)
    if not sides.files:
        return changes, False
    # None: the head's code can't make a stack of the base's manifest, so the code matters.
    found = variants.changes(frozenset())
    return changes, found is None or bool(found)


def _status(name: str, former: str, sides: Sides, *, changed: bool, known: bool) -> Status:
    base, head = sides.base, sides.head
    if not known:
        return "unknown"
    if name != former:
        return "renamed"
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
