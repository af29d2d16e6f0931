"""Policy: no policy of the stack allows to delete archived objects or weaken their lock."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import TYPES, identity_statements
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

BUCKET_POLICY = "AWS::S3::BucketPolicy"
FORBIDDEN = (
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:bypassgovernanceretention",
    "s3:putobjectlegalhold",
    "s3:putobjectretention",
    "s3:putlifecycleconfiguration",
)


class NoRoleDeletesObjects(TemplateCheck):
    """Fail when a policy allows deleting objects or changing their retention."""

    def __init__(self) -> None:
        super().__init__(
            name="No policy allows to delete objects or to change how long they are kept",
            id="CKV_CATALOG_17",
            categories=(CheckCategories.IAM,),
            supported_resources=(*TYPES, BUCKET_POLICY),
            guideline="Grant s3:PutObject alone (in the CDK: grant_put, not grant_write).",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the statements that allow a forbidden action; NotAction allows all others."""
        stack = ScannedStack(resource, resources)
        allowed = identity_statements(resource.properties, stack)
        if resource.type == BUCKET_POLICY:
            document = resource.properties.get("PolicyDocument")
            allowed = iter(statements(document, "Properties/PolicyDocument", stack))
        yield from (each.path for each in allowed if each.allows_action(*FORBIDDEN))


check = NoRoleDeletesObjects()
