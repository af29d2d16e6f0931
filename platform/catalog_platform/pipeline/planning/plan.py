"""Make the plan of a merge from its two sides."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import UNSET

from catalog_platform.aws.prices import table
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.errors import UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import MANIFESTS, Bases, ComparedVersions
from catalog_platform.pipeline.planning.base_version import (
    BaseVersion,
    OnLine,
    base_side,
    inputs,
    same_code_side,
)
from catalog_platform.pipeline.planning.environment import Sides, environment_plan
from catalog_platform.pipeline.planning.renames import renames
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.pipeline.planning.unchanged import unchanged
from catalog_platform.pipeline.planning.working_tree import head_side, validate
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.plan.model import Base, EnvironmentPlan, Head, Plan
from catalog_platform.plan.stack import Stack
from catalog_platform.release.commit import current_commit
from catalog_platform.stages import stage
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from catalog_platform.versions.own_packages import differ
from catalog_platform.workspace import Workspace

# Adds what an account says to the plan of an environment, given its stacks at base and head.
Against = Callable[[EnvironmentPlan, Stack | None, Stack | None], EnvironmentPlan]
# Selects some of all environments of a plan.
Part = Callable[[tuple[str, ...]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class HeadUse:
    """Another use of the working tree's stacks: `of_all` of them, or of those that may differ.

    `prepare` is called before they are synthesised, `begin` as soon as they are, and `use` with the
    plan and both sides while their assemblies exist; none of them if no stack can differ.
    """

    of_all: bool
    prepare: Callable[[], object]
    begin: Callable[[Side], None]
    use: Callable[[Plan, Side, Side], None]


def make_plan(
    manifests: Manifests,
    names: Sequence[str],
    reference: str | None,
    progress: Progress,
    against: Against | None = None,
    *,
    cache: Path | None = None,
    with_reasons: bool = True,
    part: Part | None = None,
) -> Plan:
    """Compare the environments (all if empty) of the working tree with those at the base.

    `manifests` are those of the working tree. The base is `reference`, or the default of
    `comparison_base`. An environment that can't be compared has the status `unknown` and the
    findings. With `against`, all of them are synthesised and compared with their accounts. Stacks
    of the base are kept below `cache`, by default in the build folder. Without reasons, changes
    don't name the lines that cause them, which saves a synthesis per edit. Without a table of
    prices, there is no cost. `part` selects some of the environments. Raises `UsageError` for an
    unknown environment or reference, `PlatformError` when the base can't be checked out,
    `FindingsError` when the table of prices is malformed.
    """
    base = comparison_base.find(manifests.workspace, reference)
    with contextlib.closing(Bases(MANIFESTS)) as bases:
        return plan_of(
            bases.compare(manifests, base),
            names,
            progress,
            against,
            cache=cache,
            with_reasons=with_reasons,
            part=part,
        )


def plan_of(
    versions: ComparedVersions,
    names: Sequence[str],
    progress: Progress,
    against: Against | None = None,
    *,
    cache: Path | None = None,
    with_reasons: bool = True,
    part: Part | None = None,
    head_use: HeadUse | None = None,
    synthesis: Synthesis | None = None,
    judge: Workspace | None = None,
) -> Plan:
    """Compare the environments (all if empty) of two versions; see `make_plan`.

    `head_use` uses the stacks of the working tree for something else. `synthesis` is by default
    that of this process. The prices are those of `judge`, the base's, or of the working tree.
    """
    manifests, before, base = versions.now, versions.before, versions.base
    workspace, files = manifests.workspace, versions.code
    with tempfile.TemporaryDirectory(prefix="catalogctl-plan-") as temporary:
        scratch = Path(temporary)
        renamed = renames(before, manifests)
        chosen = (part or tuple)(select(before.workspace, workspace, names, renamed))
        everything = against is not None or (head_use is not None and head_use.of_all)
        same = frozenset() if everything else unchanged(before, manifests, chosen, files)
        planned = {name: _unchanged(name) for name in same}
        sides: tuple[Side, Side] | None = None
        if rest := tuple(name for name in chosen if name not in same):
            former = {name: renamed.get(name, name) for name in rest}
            if head_use is not None:
                head_use.prepare()
            comparison = Comparison(versions, former, cache, scratch, synthesis)
            old, head = sides = _both(comparison, progress, same_code=not files)
            if head_use is not None:
                head_use.begin(head)
            # With the base's code, what it makes of a manifest is the same at the next plan.
            kept = None if files else comparison.stacks(pinned=False)
            prices = _prices(judge or workspace)
            both = Sides(old, head, files, scratch, with_reasons, prices, synthesis, kept)
            planned |= {name: _planned(name, former[name], both, against) for name in rest}
        stated = Base(
            ref=base.reference, commit=base.commit, policies=UNSET if judge is None else True
        )
        environments = [_with_target(planned[name], manifests) for name in chosen]
        plan = Plan(base=stated, head=_head(workspace), environments=environments)
        if head_use is not None and sides is not None:
            head_use.use(plan, *sides)
    return plan


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared: environments of two versions.

    `former` has the names at the base by the present ones. `scratch` is for temporary files.
    """

    versions: ComparedVersions
    former: dict[str, str]
    cache: Path | None
    scratch: Path
    synthesis: Synthesis | None

    @property
    def title(self) -> str:
        """Return the step for the terminal."""
        return f"synthesise {', '.join(self.former)} at {self.versions.base.reference} and here"

    def stacks(self, *, pinned: bool) -> StackCache:
        """Return the stacks of earlier plans; see `StackCache`."""
        versions = self.versions
        key = inputs(versions.files)
        build = self.scratch if versions.is_build_committed else versions.now.workspace.build
        return StackCache(self.cache or build / "stacks", key, pinned=pinned)


def _both(compared: Comparison, progress: Progress, *, same_code: bool) -> tuple[Side, Side]:
    with progress.step(compared.title) as show:
        return (_of_same_code if same_code else _of_own_code)(compared, show)


def _of_same_code(compared: Comparison, _show: OnLine) -> tuple[Side, Side]:
    """Synthesise both sides in this process."""
    # Before any process is started: it would inherit the limit of memory.
    versions, scratch, synthesis = compared.versions, compared.scratch, compared.synthesis
    checked = validate(versions.now, tuple(compared.former))
    before = validate(versions.before, tuple(compared.former.values()))
    cache = compared.stacks(pinned=False)
    base = same_code_side(before, versions.now.workspace, cache, scratch, synthesis)
    return base, head_side(checked, scratch, Progress(quiet=True), synthesis)


def _of_own_code(compared: Comparison, show: OnLine) -> tuple[Side, Side]:
    """Synthesise base and working tree at the same time, each with its own code."""
    versions, workspace = compared.versions, compared.versions.now.workspace
    # It raises for commits that cannot be checked out.
    inputs(versions.files)
    before = versions.check_out()
    stacks = compared.stacks(pinned=differ(before, workspace))
    checked = validate(versions.now, tuple(compared.former))
    with ThreadPoolExecutor(1) as pool:
        version = BaseVersion(before, versions.base, workspace, compared.scratch, show)
        future = pool.submit(base_side, version, tuple(compared.former.values()), stacks)
        quiet = Progress(quiet=True)
        head = head_side(checked, compared.scratch, quiet, compared.synthesis)
        return future.result(), head


def _planned(name: str, former: str, sides: Sides, against: Against | None) -> EnvironmentPlan:
    with stage("compare stacks"):
        found = environment_plan(name, former, sides)
    if against is None:
        return found
    return against(found, sides.base.stacks.get(former), sides.head.stacks.get(name))


def select(
    before: Workspace, workspace: Workspace, names: Sequence[str], renamed: dict[str, str]
) -> tuple[str, ...]:
    """Return the chosen environments of both sides; a renamed one has its new name.

    Raises `UsageError` for a name that neither side has.
    """
    every = {*before.environment_names(), *workspace.environment_names()}
    workspace.select([name for name in names if name not in every])
    return tuple(
        name
        for name in sorted(every - {*renamed.values()})
        if not names or name in names or renamed.get(name) in names
    )


def _with_target(environment: EnvironmentPlan, manifests: Manifests) -> EnvironmentPlan:
    if environment.status == "removed":
        return environment
    model = manifests.model(environment.environment)
    target = UNSET if model is None else model.release.target
    return msgspec.structs.replace(environment, target=target)


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
    """Return the commit that is checked out, and whether files below the workspace differ from it.

    Raises `UsageError` without a commit.
    """
    found = current_commit(workspace.root, ".")
    if found is None:
        raise UsageError(f"{workspace.root} has no commit to plan")
    return Head(commit=found.id, dirty=not found.clean)
