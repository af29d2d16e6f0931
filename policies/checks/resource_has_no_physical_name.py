"""Policy: CloudFormation names resources, so that they can be replaced."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

NAMES = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}
# RDS chooses the names of its log groups.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
FIXED = "/aws/rds/"


class ResourceHasNoPhysicalName(BaseResourceCheck):
    """Fail when the property for a physical name is set."""

    def __init__(self) -> None:
        super().__init__(
            name="A resource has no fixed physical name that blocks its replacement",
            id="CKV_CATALOG_14",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=tuple(NAMES),
            guideline="Leave the name to CloudFormation: a fixed one blocks replacement, and a "
            "retained resource blocks the next creation.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the name property of the resource type."""
        name = NAMES[conf["Type"]]
        self.evaluated_keys = [f"Properties/{name}"]
        value = conf.get("Properties", {}).get(name)
        allowed = value is None or (isinstance(value, str) and value.startswith(FIXED))
        return CheckResult.PASSED if allowed else CheckResult.FAILED


check = ResourceHasNoPhysicalName()
