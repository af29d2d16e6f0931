"""Policy: data is encrypted with a key that the stack creates and protects."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.log_targets import receives_logs
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, is_true, items, reference
from catalog_platform.policy.used_stores import holds_data

KEY = "AWS::KMS::Key"
KEYS: dict[str, tuple[str, ...]] = {
    "AWS::Backup::BackupVault": ("EncryptionKeyArn",),
    "AWS::CloudTrail::Trail": ("KMSKeyId",),
    "AWS::ElastiCache::ReplicationGroup": ("KmsKeyId",),
    "AWS::KMS::Alias": ("TargetKeyId",),
    "AWS::Kinesis::Stream": ("StreamEncryption/KeyId",),
    "AWS::Lambda::Function": ("KmsKeyArn",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::RDS::DBInstance": ("KmsKeyId", "PerformanceInsightsKMSKeyId"),
    "AWS::S3::Bucket": (),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
}
# A replica in the same region has the key of its source, a restored instance that of its backup.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
SOURCES = (
    "SourceDBInstanceIdentifier",
    "DBSnapshotIdentifier",
    "SourceDBInstanceAutomatedBackupsArn",
    "SourceDbiResourceId",
)
ENCRYPTION = "BucketEncryption/ServerSideEncryptionConfiguration"
DEFAULT = "ServerSideEncryptionByDefault"


class StoreUsesTheKeyOfTheStack(TemplateCheck):
    """Fail for a key that isn't a resource of the template."""

    def __init__(self) -> None:
        super().__init__(
            name="A store is encrypted with the key of its stack, and an alias points to it",
            id="CKV_CATALOG_49",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=tuple(KEYS),
            guideline="Refer to the stack's AWS::KMS::Key. Another owner can delete any other key, "
            "and with it the data; AWS's own keys can't be restricted.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check each key that is set, and those without which RDS and S3 use AWS's key.

        Policies of checkov report the other types without a key.
        """
        properties = resource.properties
        needed = set(_needed(resource))
        for path in KEYS[resource.type]:
            value = at(properties, path)
            if (value is not None or path in needed) and not _is_key(value, resources):
                yield f"Properties/{path}"
        # S3 and CloudTrail deliver logs to a bucket only if it has no key of its own.
        if resource.type == "AWS::S3::Bucket" and receives_logs(resource, resources):
            if "BucketEncryption" not in properties:
                yield "Properties/BucketEncryption"
        elif resource.type == "AWS::S3::Bucket":
            if "BucketEncryption" not in properties and holds_data(resource, resources):
                yield "Properties/BucketEncryption"
            for index, rule in enumerate(items(at(properties, ENCRYPTION))):
                by_kms = str(at(rule, f"{DEFAULT}/SSEAlgorithm")).startswith("aws:kms")
                if not by_kms or not _is_key(at(rule, f"{DEFAULT}/KMSMasterKeyID"), resources):
                    yield f"Properties/{ENCRYPTION}/[{index}]/{DEFAULT}"


def _needed(resource: Resource) -> Iterator[str]:
    properties = resource.properties
    if resource.type != "AWS::RDS::DBInstance":
        return
    if not any(source in properties for source in SOURCES):
        yield "KmsKeyId"
    if is_true(properties.get("EnablePerformanceInsights")):
        yield "PerformanceInsightsKMSKeyId"


def _is_key(value: object, resources: Resources) -> bool:
    target = resources.get(reference(value))
    return target is not None and target.type == KEY


check = StoreUsesTheKeyOfTheStack()
