"""Policy: no role of the stack can delete archived objects or weaken their lock."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import TYPES, identity_statements
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

FORBIDDEN = (
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:bypassgovernanceretention",
    "s3:putobjectlegalhold",
    "s3:putobjectretention",
    "s3:putlifecycleconfiguration",
)


class NoRoleDeletesObjects(TemplateCheck):
    """Fail when an identity policy allows deleting objects or changing their retention."""

    def __init__(self) -> None:
        super().__init__(
            name="No role may delete objects or change how long they are kept",
            id="CKV_CATALOG_17",
            categories=(CheckCategories.IAM,),
            supported_resources=TYPES,
            guideline="Grant s3:PutObject alone (in the CDK: grant_put, not grant_write).",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the statements that allow a forbidden action; NotAction allows all others."""
        stack = ScannedStack(resource, resources)
        for statement in identity_statements(resource.properties, stack):
            if statement.allows_action(*FORBIDDEN):
                yield statement.path


check = NoRoleDeletesObjects()
