"""Compare a resource with the others of its stack, and with the account that the stack is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.policy import intrinsics
from catalog_platform.policy.assembly import Resource


@dataclass(frozen=True, slots=True)
class ScannedStack:
    """The resources of a stack by logical id, and the one of them that is checked."""

    resource: Resource
    resources: Mapping[str, Resource]

    @property
    def is_environment(self) -> bool:
        """Return whether the stack is an environment, which has all that its resources need."""
        return not self.resource.is_sample

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the stack's resources of the types."""
        return (each for each in self.resources.values() if each.type in types)

    def referenced(self, value: Any) -> frozenset[str]:
        """Return the logical ids of the stack's resources that a value refers to."""
        return intrinsics.references(value) & self.resources.keys()

    def refers_here(self, value: Any) -> bool:
        """Return whether a value refers to the checked resource."""
        return self.resource.logical_id in self.referenced(value)

    def texts(self, value: Any) -> tuple[str, ...]:
        """Return every text that a scalar can have, with the stack's account and region.

        See `intrinsics.texts`; `${Bucket.Arn}` stands for an attribute of a resource.
        """
        known = {
            "${AWS::AccountId}": self.resource.account,
            "${AWS::Region}": self.resource.region,
            "${AWS::Partition}": "aws",
            "${AWS::URLSuffix}": "amazonaws.com",
        }
        return tuple(_replaced(text, known) for text in intrinsics.texts(value))

    def named(self, text: str) -> Resource | None:
        """Return the resource of the stack with which a text such as `${Bucket.Arn}/*` begins."""
        if not text.startswith("${"):
            return None
        return self.resources.get(text[2:].partition("}")[0].partition(".")[0])

    def owns(self, text: str) -> bool:
        """Return whether a text is this account, or something in it.

        That is the account's number, an ARN with it, or one that begins with a resource of the
        stack. An ARN without an account, such as that of a bucket by its name, is not.
        """
        if self.named(text) is not None:
            return True
        parts = text.split(":")
        account = parts[4] if len(parts) > 5 and parts[0] == "arn" else text
        return bool(account) and account == self.resource.account


def _replaced(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        if value:
            text = text.replace(name, value)
    return text
