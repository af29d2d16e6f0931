"""What a shard has found, as the file that `catalogctl join` reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from catalog_platform.errors import PlatformError
from catalog_platform.pipeline.shard import Shard
from catalog_platform.plan.model import Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.release.commit import current_commit
from catalog_platform.report import file
from catalog_platform.workspace import Workspace

FILE = "shard.json"


class ShardReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The plan, the scan, or both, of one shard, before acknowledgements are applied.

    `environments` are those of all shards, in the order of the report. `commit` is that of the
    working tree, `base` the one that it is compared with; both are empty without one. Other
    files than those of `commit` are `dirty`. It is read by the version that has written it.
    """

    schema_version: Literal[1] = 1
    number: int
    count: int
    environments: list[str]
    commit: str
    dirty: bool
    base: str = ""
    policies_from_base: bool = False
    plan: Plan | None = None
    scan: ScanResult | None = None

    @property
    def shard(self) -> Shard:
        """Return which shard it is."""
        return Shard(self.number, self.count)

    @property
    def run(self) -> tuple[object, ...]:
        """Return what all shards of one run have in common."""
        kinds = (self.plan is not None, self.scan is not None)
        head = (self.commit, self.dirty, self.base, self.policies_from_base)
        return (self.count, *self.environments, *head, *kinds)


def write(
    folder: Path,
    workspace: Workspace,
    shard: Shard,
    environments: Sequence[str],
    *,
    plan: Plan | None = None,
    scan: ScanResult | None = None,
    base: str = "",
    policies_from_base: bool = False,
) -> None:
    """Write the report of a shard to a folder. Raises `PlatformError` when that is impossible."""
    commit = current_commit(workspace.root)
    report = ShardReport(
        number=shard.number,
        count=shard.count,
        environments=[*environments],
        commit=commit.id if commit else "",
        dirty=commit is not None and not commit.clean,
        base=base,
        policies_from_base=policies_from_base,
        plan=plan,
        scan=scan,
    )
    file.write(folder / FILE, msgspec.json.encode(report).decode())


def read(folder: Path) -> ShardReport:
    """Read the report in a folder. Raises `PlatformError` without one, or for another form."""
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=ShardReport)
    except OSError as error:
        raise PlatformError(
            f"{path}: {error.strerror}",
            hint=f"write it: catalogctl plan --shard NUMBER/COUNT --out {folder}",
        ) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise PlatformError(
            f"{path}: is not the report of a shard of this version: {error}",
            hint="write it again with the same version of catalogctl",
        ) from error
