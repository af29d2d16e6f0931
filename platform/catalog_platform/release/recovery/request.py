"""What a recovery is asked to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog_platform.aws.session import Session
from catalog_platform.errors import UsageError


@dataclass(frozen=True, slots=True)
class Request:
    """What to recover; `retain` and `skip` are logical ids of resources."""

    session: Session
    environment: str
    retain: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


def check_ids(option: str, given: Sequence[str], valid: Iterable[str]) -> None:
    """Raise `UsageError` unless each logical id is a valid one."""
    known = sorted(valid)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise UsageError(
            f"{option} {unknown[0]}: is not one of {', '.join(known) or 'none'}",
            hint="give the logical id of a resource that has failed",
        )
