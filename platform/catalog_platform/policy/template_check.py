"""Base class of the policies in `policies/checks` that look at the complete template.

Importing this module imports checkov: do so within `isolated()`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckResult

from catalog_platform.policy.assembly import Resource

Resources = Mapping[str, Resource]


class CheckedResource(dict[str, Any]):
    """A resource as checkov passes it to policies, with all resources as the template has them.

    checkov itself replaces parameters and conditions by values, which a deployment can change.
    """

    def __init__(self, content: Mapping[str, Any], logical_id: str, resources: Resources) -> None:
        super().__init__(content)
        self.logical_id = logical_id
        self.resources = resources


class TemplateCheck(BaseResourceCheck):  # type: ignore[misc]
    """A policy whose verdict can depend on the other resources of the template.

    `connected` are the types of other resources in which a violation can be: the digest of a result
    covers those that refer to the checked resource, or to which it refers.

    The checkov CLI passes single resources only: there, other resources count as missing.
    """

    connected: frozenset[str] = frozenset()

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Fail with the paths of the violating values as `evaluated_keys`."""
        checked = conf if isinstance(conf, CheckedResource) else _alone(conf, self.entity_path)
        resource = checked.resources[checked.logical_id]
        self.evaluated_keys = [*self.violations(resource, checked.resources)]
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED

    @abstractmethod
    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the path of each violating value: `DeletionPolicy`, `Properties/Rules/[0]`.

        Each is a result of its own. A missing thing has a path that names it and that no property
        has: `Alarms/Errors`. So what is missing later is another result. An empty path stands for
        the resource as a whole, such as one that must not exist.
        """


def created(resources: Resources, kind: str) -> list[Resource]:
    """Return the resources of a type that each deployment creates, so without a condition."""
    return [
        each
        for each in resources.values()
        if each.type == kind and "Condition" not in each.attributes
    ]


def _alone(conf: dict[str, Any], entity_path: str) -> CheckedResource:
    logical_id = entity_path.rpartition(":")[2]
    properties = conf.get("Properties")
    resource = Resource(
        logical_id=logical_id,
        type=str(conf.get("Type", "")),
        path="",
        attributes={key: value for key, value in conf.items() if key != "Properties"},
        properties=properties if isinstance(properties, dict) else {},
        is_sample=True,
    )
    return CheckedResource(conf, logical_id, {logical_id: resource})
