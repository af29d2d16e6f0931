"""The name of an environment's stack."""

from __future__ import annotations


def stack_name(environment: str) -> str:
    """Return the name of an environment's stack, in CloudFormation and in the assembly."""
    return f"catalog-{environment}"
