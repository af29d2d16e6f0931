"""The monthly cost of the working tree, and the limit that a manifest sets on it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog_platform.aws.prices import table
from catalog_platform.errors import UsageError
from catalog_platform.findings import Finding, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.billed import is_billed
from catalog_platform.pipeline.planning.side import read_stacks
from catalog_platform.plan.cost.bill import CURRENCY, Bill, bill
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

LIMIT = "release.monthly_limit_usd"
RULE = "monthly-limit-exceeded"
NOT_CHECKED = "monthly-limit-unknown"


def working_tree_bill(workspace: Workspace, name: str, progress: Progress) -> Bill:
    """Return the bill of an environment's stack, as the working tree makes it.

    Raises `UsageError` for an unknown environment or one that AWS doesn't bill, `FindingsError` for
    a manifest or a table of prices with errors.
    """
    manifests = Manifests(workspace)
    if manifests.load(name).release.target != "aws":
        raise UsageError(
            f"{name}: release.target is embedded: AWS bills nothing for it",
            hint="name an environment with release.target: aws",
        )
    prices = table.read(workspace.policies)
    # Imported here because it loads the CDK.
    from catalog_platform.pipeline.synth import build_assembly

    with tempfile.TemporaryDirectory(prefix="catalogctl-cost-") as folder:
        out = Path(folder) / "assembly"
        build_assembly(workspace, manifests, [name], out, None, progress)
        stacks, _ = read_stacks(out, (name,))
    return bill(stacks[name], prices)


def limit_findings(
    workspace: Workspace, manifests: Manifests, names: Sequence[str], assembly: Path
) -> tuple[Finding, ...]:
    """Return a finding for each environment of an assembly that costs more than its limit.

    Prices are read only if an environment on AWS has a limit. A stack that can't be read is a
    finding too. Raises `FindingsError` when the prices can't be read.
    """
    limits = {name: limit for name in names if (limit := _limit(manifests, name)) is not None}
    if not limits:
        return ()
    prices = table.read(workspace.policies)
    found: list[Finding] = []
    for name, limit in limits.items():
        try:
            stacks, _ = read_stacks(assembly, (name,))
        except (OSError, ValueError, KeyError) as error:
            found.append(_unreadable(manifests, name, error))
        else:
            found += _findings(manifests, name, limit, bill(stacks[name], prices))
    return tuple(found)


def _unreadable(manifests: Manifests, name: str, error: Exception) -> Finding:
    return Finding(
        rule=NOT_CHECKED,
        message=f"the cost is unknown, because the stack can't be read: {error}",
        location=manifests.resolve(name).locate(LIMIT),
        path=LIMIT,
        hint="synthesise the assembly again: catalogctl synth",
        environment=name,
    )


def _limit(manifests: Manifests, name: str) -> int | None:
    limit = manifests.resolve(name).get(LIMIT)
    if limit is None or not isinstance(limit.value, int) or not is_billed(manifests, name):
        return None
    return limit.value


def _findings(manifests: Manifests, name: str, limit: int, found: Bill) -> Iterator[Finding]:
    location = manifests.resolve(name).locate(LIMIT)
    unknown = f"; not counted, because it is unknown: {'; '.join(found.unknown)}"
    counted = f"the fixed cost is {found.total:,.2f} {CURRENCY} a month"
    if found.total > limit:
        yield Finding(
            rule=RULE,
            message=f"{counted}, more than the limit of {limit:,} {CURRENCY}"
            f"{unknown if found.unknown else ''}",
            location=location,
            path=LIMIT,
            hint=f"see `catalogctl cost {name}`; make the environment smaller, or raise the limit",
            environment=name,
        )
    elif found.unknown:
        yield Finding(
            rule=NOT_CHECKED,
            message=f"{counted}, within the limit of {limit:,} {CURRENCY}{unknown}",
            location=location,
            path=LIMIT,
            hint="add the prices to policies/prices/aws.tsv",
            environment=name,
            severity=Severity.WARNING,
        )
