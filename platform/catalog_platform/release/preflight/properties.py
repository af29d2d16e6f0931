"""Read properties of a template as typed values; intrinsic functions are resolved where possible.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"\$\{([^}!]+)\}")


@dataclass(frozen=True, slots=True)
class PseudoParameters:
    """Account, region and name of a stack, which templates refer to."""

    account: str
    region: str
    stack: str

    @property
    def partition(self) -> str:
        """Return the partition of the region, such as `aws`."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def value(self, name: str) -> str | None:
        """Return the value of a pseudo parameter, or None for any other name."""
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        return {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": self.partition,
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": suffix,
        }.get(name)


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a resource."""

    values: Mapping[str, Any]
    pseudo: PseudoParameters

    def text(self, name: str) -> str | None:
        """Return a property as text; None when it is unset or only known after the deployment."""
        return self._resolve(self.values.get(name))

    def number(self, name: str) -> int | None:
        """Return a whole number, which may be text in the template; None for anything else."""
        text = self.text(name)
        return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,18}", text) else None

    def flag(self, name: str) -> bool:
        """Return whether a property is true."""
        return self.values.get(name) in (True, "true")

    def references(self, name: str) -> tuple[str, ...]:
        """Return the logical ids that a property refers to, in order."""
        return tuple(_references(self.values.get(name)))

    def differs(self, other: Properties, name: str) -> bool:
        """Return whether a property has another value here than in `other`."""
        return bool(self.values.get(name) != other.values.get(name))

    def _resolve(self, value: Any) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str | int):
            return str(value)
        if not isinstance(value, Mapping) or len(value) != 1:
            return None
        ((function, argument),) = value.items()
        if function == "Ref":
            return self.pseudo.value(argument) if isinstance(argument, str) else None
        if function == "Fn::Join" and isinstance(argument, list) and len(argument) == 2:
            parts = [self._resolve(part) for part in argument[1]]
            return None if None in parts else argument[0].join(filter(None, parts))
        if function == "Fn::Sub" and isinstance(argument, str):
            names = PLACEHOLDER.findall(argument)
            found = {name: self.pseudo.value(name) for name in names}
            if None in found.values():
                return None
            return PLACEHOLDER.sub(lambda match: found[match[1]] or "", argument)
        return None


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [each for part in value for each in _references(part)]
    if not isinstance(value, Mapping):
        return []
    if isinstance(value.get("Ref"), str):
        return [value["Ref"]]
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, list):
        return [attribute[0]]
    if isinstance(attribute, str):
        return [attribute.partition(".")[0]]
    return [each for part in value.values() for each in _references(part)]
