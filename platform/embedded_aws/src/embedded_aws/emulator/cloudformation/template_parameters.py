"""Refuse parameters that a template does not declare.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers

Template = dict[str, Any]


def install() -> None:
    """Wrap the emulator's function in the modules that call it for requests."""
    changesets._resolve_parameters = handlers._resolve_parameters = resolve


def resolve(
    template: Template,
    provided_params: list[dict[str, Any]],
    previous_params: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the parameters of a template with their values. Raises `ValueError`."""
    declared = template.get("Parameters") or {}
    unknown = [given["Key"] for given in provided_params if given["Key"] not in declared]
    if unknown:
        raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    found: dict[str, Any] = engine._resolve_parameters(template, provided_params, previous_params)
    return found
