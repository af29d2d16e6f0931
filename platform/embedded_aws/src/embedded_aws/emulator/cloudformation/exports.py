"""Exports of stacks: names are unique, and an export in use stays as it is.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

from embedded_aws.emulator.cloudformation.events import Stack

WITHOUT_RESOURCES = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
Exports = Mapping[str, Mapping[str, Any]]


def refusal(stack: Stack, exports: Exports) -> str | None:
    """Return why a stack cannot have these exports, or None."""
    for name in exports:
        other = cloudformation._exports.get(name)
        if other is not None and other["StackId"] != stack["StackId"]:
            owner = other["StackId"].split("/")[1]
            return f"Export with name {name} is already exported by stack {owner}."
    for name, export in _of(stack):
        kept = exports.get(name)
        user = next(_importing(stack, name), None)
        if user is not None and (kept is None or kept["Value"] != export["Value"]):
            verb = "delete" if kept is None else "update"
            return f"Cannot {verb} export {name} as it is in use by {user}."
    return None


def replace(stack: Stack, exports: Exports) -> None:
    """Replace the exports of a stack."""
    for name in [name for name, _export in _of(stack)]:
        cloudformation._exports.pop(name)
    cloudformation._exports.update(exports)


def _of(stack: Stack) -> Iterator[tuple[str, Any]]:
    for name, export in cloudformation._exports.items():
        if export["StackId"] == stack["StackId"]:
            yield name, export


def _importing(stack: Stack, name: str) -> Iterator[str]:
    """Yield the names of the other stacks that import a value."""
    for key, other in cloudformation._stacks.items():
        if other["StackId"] == stack["StackId"] or other["StackStatus"] in WITHOUT_RESOURCES:
            continue
        if name in handlers._imported_export_names(other, key):
            yield str(other["StackName"])
