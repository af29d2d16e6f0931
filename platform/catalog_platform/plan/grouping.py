"""Group the changes of an environment by their cause, for readers and for the JSON."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from catalog_platform.plan.model import Because, Change


def grouped(found: list[Change]) -> list[Change]:
    """Return the changes with their group: the causes that they share, as text.

    A change whose cause isn't known is in the group "".
    """
    return [
        msgspec.structs.replace(change, group=", ".join(map(_name, change.because)))
        for change in found
    ]


def _name(cause: Because) -> str:
    return "code" if cause.key is UNSET else cause.key
