"""Policy: data stays when its stack is deleted, or when its resource is replaced."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import references

KEPT = (
    "AWS::Backup::BackupVault",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    # A kept instance needs its subnets, and the latest snapshot is restored into them.
    "AWS::RDS::DBSubnetGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
SNAPSHOTS = ("AWS::ElastiCache::ReplicationGroup", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance")


class StatefulResourceOutlivesItsStack(TemplateCheck):
    """Fail when the policy for deletion or replacement deletes data."""

    def __init__(self) -> None:
        super().__init__(
            name="A stateful resource outlives its stack and its replacement",
            id="CKV_CATALOG_32",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=(*KEPT, *SNAPSHOTS),
            guideline="Set on_removal of the manifest's section to retain (snapshot for database "
            "and cache): DeletionPolicy RetainExceptOnCreate, which leaves nothing behind when a "
            "creation fails, and UpdateReplacePolicy Retain; or Snapshot for both.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check both attributes, except of resources whose data exists elsewhere."""
        if _has_a_copy(resource, resources):
            return
        snapshot = {"Snapshot"} if resource.type in SNAPSHOTS else set()
        for attribute, kept in (
            ("DeletionPolicy", "RetainExceptOnCreate"),
            ("UpdateReplacePolicy", "Retain"),
        ):
            value = resource.attributes.get(attribute)
            if not isinstance(value, str) or value not in {kept} | snapshot:
                yield attribute


def _has_a_copy(resource: Resource, resources: Resources) -> bool:
    """Return whether the resource is a replica, or serves only one that is deleted as well."""
    if resource.type == "AWS::RDS::DBInstance":
        return "SourceDBInstanceIdentifier" in resource.properties
    if resource.type == "AWS::SecretsManager::Secret":
        groups = created(resources, "AWS::ElastiCache::ReplicationGroup")
        tokens = [each.properties.get("AuthToken") for each in groups]
        return any(resource.logical_id in references(token) for token in tokens)
    if resource.type == "AWS::Logs::LogGroup":
        # A log group that stays under a fixed name blocks the return of its replica or proxy.
        return str(resource.properties.get("LogGroupName")).startswith(tuple(_names(resources)))
    return False


def _names(resources: Resources) -> Iterator[str]:
    """Yield the beginning of the names of the log groups of replicas and proxies."""
    for each in created(resources, "AWS::RDS::DBInstance"):
        name = each.properties.get("DBInstanceIdentifier")
        if "SourceDBInstanceIdentifier" in each.properties and isinstance(name, str):
            yield f"/aws/rds/instance/{name}/"
    for each in created(resources, "AWS::RDS::DBProxy"):
        yield f"/aws/rds/proxy/{each.properties.get('DBProxyName')}"


check = StatefulResourceOutlivesItsStack()
