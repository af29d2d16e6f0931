"""Policy: a VPC endpoint carries requests of this account to resources of this account."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.access_levels import actions_without_resource
from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import can_be_absent
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

# Custom resources answer by presigned URLs, which CloudFormation signs, to buckets of AWS.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
# A service of AWS in the region; `vpce` is the service of another owner, without endpoint policies.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
SERVICE = re.compile(r"com\.amazonaws\.(?!vpce\.)[a-z0-9-]+\.(?!vpce)[a-z0-9.-]+")
RESPONSES = re.compile(r"arn:aws:s3:::cloudformation-custom-resource-response-[a-z0-9]+/\*")


class EndpointServesItsOwnAccount(TemplateCheck):
    """Fail without a policy, and for a statement that admits other accounts or their resources."""

    def __init__(self) -> None:
        super().__init__(
            name="A VPC endpoint carries requests of this account to resources of this account",
            id="CKV_CATALOG_24",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=("AWS::EC2::VPCEndpoint",),
            guideline="Give each statement StringEquals conditions on aws:PrincipalAccount and "
            "aws:ResourceAccount: without them code in the VPC can carry data to other accounts.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield a service of others, a missing policy, or the statements without both conditions.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
        """
        properties, stack = resource.properties, ScannedStack(resource, resources)
        path = "Properties/PolicyDocument"
        document = properties.get("PolicyDocument")
        if can_be_absent(document):
            # AWS's default policy allows everything to everyone.
            yield path
        names = stack.texts(properties.get("ServiceName"))
        if not names or not all(map(SERVICE.fullmatch, names)):
            yield "Properties/ServiceName"
        for statement in statements(document, path, stack):
            if statement.allows and not _is_held(statement, stack):
                yield statement.path


def _is_held(statement: Statement, stack: ScannedStack) -> bool:
    is_response = bool(statement.resources) and all(map(RESPONSES.fullmatch, statement.resources))
    if is_response and statement.actions == ("s3:putobject",):
        return True
    caller = statement.demands_own({"aws:principalaccount"}, stack)
    resource = statement.demands_own({"aws:resourceaccount"}, stack)
    needs_resource = not set(statement.actions) <= actions_without_resource()
    return caller and (resource or not needs_resource) and "*" not in statement.actions


check = EndpointServesItsOwnAccount()
