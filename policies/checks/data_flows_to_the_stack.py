"""Policy: data of the stack goes to resources of the stack, and no one else reads its stream."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

CONSUMER = "AWS::Kinesis::StreamConsumer"
FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"
# The properties that name the receiver of data, or the code that reads it.
RECEIVERS: dict[str, tuple[str, ...]] = {
    "AWS::Backup::BackupVault": ("Notifications/SNSTopicArn",),
    "AWS::CloudTrail::Trail": ("SnsTopicName",),
    "AWS::EC2::FlowLog": ("LogDestination", "LogGroupName"),
    "AWS::ElastiCache::ReplicationGroup": ("LogDeliveryConfigurations", "NotificationTopicArn"),
    "AWS::Lambda::EventInvokeConfig": ("DestinationConfig",),
    MAPPING: ("DestinationConfig", "EventSourceArn", "FunctionName"),
    FUNCTION: ("DeadLetterConfig", "FileSystemConfigs"),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::RDS::DBProxyTargetGroup": ("DBInstanceIdentifiers", "DBClusterIdentifiers"),
    "AWS::S3::Bucket": ("LoggingConfiguration/DestinationBucketName", "NotificationConfiguration"),
    # It may also be a text, which names nothing of the stack.
    "AWS::SQS::Queue": ("RedrivePolicy",),
    "AWS::SecretsManager::RotationSchedule": ("RotationLambdaARN",),
}
# The variables by which functions of this repository find their stores; empty without one.
STORE = re.compile(r"(\w+_)?(BUCKET|HOSTS?|QUEUE_URL|SECRET_ARN|STREAM|STREAM_NAME|TOPIC_ARN)")
# What names no receiver.
SETTINGS = re.compile(
    r".*/(Event|Name|Value|DestinationType|LocalMountPath|LogFormat|LogType|maxReceiveCount)"
)


class DataFlowsToTheStack(TemplateCheck):
    """Fail for receivers of data that are none of the stack, and for readers without a function."""

    def __init__(self) -> None:
        super().__init__(
            name="Data of the stack goes to resources of the stack",
            id="CKV_CATALOG_73",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=(CONSUMER, *RECEIVERS),
            guideline="Refer to a resource of the stack: no policy knows who reads another one. "
            "Give a stream consumer an event source mapping, or remove it.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties with other receivers, in the stack of an environment."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if not stack.is_environment:
            return
        if resource.type == CONSUMER:
            mappings = stack.of_type(MAPPING)
            if not any(
                stack.refers_here(each.properties.get("EventSourceArn")) for each in mappings
            ):
                yield "Properties/ConsumerName"
            return
        for name in RECEIVERS[resource.type]:
            for path, text in property_texts(at(properties, name), f"Properties/{name}", stack):
                if not SETTINGS.fullmatch(path) and stack.named(text) is None:
                    yield path
        if resource.type == FUNCTION:
            variables = at(properties, "Environment/Variables") or {}
            for name in filter(STORE.fullmatch, variables):
                texts = stack.texts(variables[name])
                if any(text and stack.named(text) is None for text in texts):
                    yield f"Properties/Environment/Variables/{name}"


check = DataFlowsToTheStack()
