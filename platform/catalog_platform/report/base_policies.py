"""Say in a report that the policies of the base decide."""

from __future__ import annotations


def sentence(reference: str) -> str:
    """Return that the policies of the base count, for a plan and for a scan."""
    return (
        f"the policies, waivers and prices of the base, {reference}, count; not those of the change"
    )
