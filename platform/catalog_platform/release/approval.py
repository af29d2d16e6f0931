"""What was approved for a deployment, which is compared with what is deployed.

Time passes between the two: people answer a question, and an assembly is synthesised and scanned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release import attestation
from catalog_platform.release.commit import Commit

AGAIN = "run the command again, which shows what is deployed now"


@dataclass(frozen=True, slots=True)
class Approval:
    """The commit, None if it is unknown, and the stack, None if it does not exist.

    `digest` is that of the assembly, None if it was to be synthesised.
    """

    commit: Commit | None
    stack: StackStatus | None
    digest: str | None = None

    def require_assembly(self, assembly: Path, digest: str) -> None:
        """Raise `PlatformError` unless the attested assembly is the approved one."""
        commit = attestation.commit_of(assembly)
        if digest != (self.digest or digest) or commit != self.commit:
            was, now = (each.short if each else "unknown" for each in (self.commit, commit))
            what = f"commit {was} was approved, and the assembly is made from {now}"
            if was == now:
                what = "it is not the one that was approved"
            raise PlatformError(
                f"{assembly}: {what}: it has changed meanwhile, or the checkout has", hint=AGAIN
            )

    def require_stack(self, now: StackStatus | None) -> None:
        """Raise `PlatformError` unless the stack is as it was, except for its protection."""
        if not is_unchanged(self.stack, now):
            name = (now or self.stack or StackStatus("", "", "")).name
            raise PlatformError(
                f"stack {name} was {self.stack or 'absent'} when the deployment was approved, and "
                f"something has changed it since: it is {now or 'absent'}",
                hint=AGAIN,
            )


def is_unchanged(before: StackStatus | None, now: StackStatus | None) -> bool:
    """Return whether no operation has run. Protection may differ: the CDK sets it on its own."""
    if before is None or now is None:
        return before is now
    return replace(now, protected=before.protected) == before
