"""Policy: no resource sends data to another account, or takes code from one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

# Types that copy, forward or replicate, or that run code. Other policies read IAM's documents.
TYPES = (
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::DMS::ReplicationTask",
    "AWS::EC2::FlowLog",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::Events::Rule",
    "AWS::Kinesis::StreamConsumer",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::Destination",
    "AWS::Logs::SubscriptionFilter",
    "AWS::RAM::ResourceShare",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::RotationSchedule",
)
ACCOUNT = re.compile(r"\d{12}")
# An ARN with an account, and the address of a queue or repository of an account.
NAMED_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}|\*):|/(\d{12})/|^(\d{12})\.dkr\.")
# The name of a bucket tells nothing about its account; that of the CDK's assets has the number.
BUCKET = re.compile(r"arn:[^:]*:s3:::[^$]")


class DataStaysInItsOwnAccount(TemplateCheck):
    """Fail for the number of another account, or a wildcard for it, in any property."""

    def __init__(self) -> None:
        super().__init__(
            name="No resource sends data to another account or takes code from one",
            id="CKV_CATALOG_55",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=TYPES,
            guideline="Name a target of this account: replication, inventories, filters, copies, "
            "layers and subscriptions of another account take the data out of its control.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield each property that names another account, or a bucket that can be anybody's."""
        stack = ScannedStack(resource, resources)
        foreign = (
            path
            for name, value in resource.properties.items()
            for path, text in property_texts(value, f"Properties/{name}", stack)
            if _names_another_account(text, stack)
        )
        yield from dict.fromkeys(foreign)
        code = resource.properties.get("Code", {})
        if isinstance(code, Mapping) and any(
            resource.account not in text for text in stack.texts(code.get("S3Bucket"))
        ):
            yield "Properties/Code/S3Bucket"


def _names_another_account(text: str, stack: ScannedStack) -> bool:
    found = [account for match in NAMED_ACCOUNT.findall(text) for account in match if account]
    if ACCOUNT.fullmatch(text):
        found.append(text)
    return any(each != stack.resource.account for each in found) or bool(BUCKET.match(text))


check = DataStaysInItsOwnAccount()
