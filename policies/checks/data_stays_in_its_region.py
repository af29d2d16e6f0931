"""Policy: no resource copies data to another region."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

# Types that copy, forward or replicate.
TYPES = (
    "AWS::Backup::BackupPlan",
    "AWS::DynamoDB::GlobalTable",
    "AWS::EC2::FlowLog",
    "AWS::ECR::ReplicationConfiguration",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Events::Rule",
    "AWS::Kinesis::StreamConsumer",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::SubscriptionFilter",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::SecretsManager::Secret",
)
REGION = r"[a-z]{2}(?:-[a-z]+)+-\d"
NAMED_REGION = re.compile(
    rf"arn:[^:]*:[^:]*:({REGION}|\*):|^({REGION})$|\.({REGION})\.amazonaws\.com"
)


class DataStaysInItsRegion(TemplateCheck):
    """Fail for the name of another region, or a wildcard for it, in any property."""

    def __init__(self) -> None:
        super().__init__(
            name="No resource copies data or secrets to another region",
            id="CKV_CATALOG_68",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=TYPES,
            guideline="Name targets in the region of the stack (environment.region). A copy in "
            "another region is outside of this stack's key, trail and alarms, and maybe of the "
            "contracts about the data: it needs a waiver.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield each property that names another region than that of the stack."""
        stack = ScannedStack(resource, resources)
        found = (
            path
            for name, value in resource.properties.items()
            for path, text in property_texts(value, f"Properties/{name}", stack)
            if resource.region and _names_another_region(text, resource.region)
        )
        yield from dict.fromkeys(found)


def _names_another_region(text: str, own: str) -> bool:
    found = [region for match in NAMED_REGION.findall(text) for region in match if region]
    return any(each != own for each in found)


check = DataStaysInItsRegion()
