"""Policy: a replica can take the place of its source, and can be removed."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import is_false, references

TYPE = "AWS::RDS::DBInstance"
# A replica inherits the other properties, or RDS refuses them.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
SHARED = (
    "AutoMinorVersionUpgrade",
    "CACertificateIdentifier",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DBParameterGroupName",
    "DBSubnetGroupName",
    "EnableCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication",
    "EnablePerformanceInsights",
    "Iops",
    "MaxAllocatedStorage",
    "MonitoringInterval",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "Port",
    "PubliclyAccessible",
    "StorageThroughput",
    "StorageType",
    "VPCSecurityGroups",
)


class ReplicaMatchesItsSource(TemplateCheck):
    """Fail when a replica differs from its source, or stays when it is removed."""

    def __init__(self) -> None:
        super().__init__(
            name="A replica has the size and parameters of its source, and can be removed",
            id="CKV_CATALOG_38",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=(TYPE,),
            guideline="Give the replica the value of its source: a smaller or less protected "
            "replica lags behind, and can't be promoted when the source is lost. Give it neither "
            "deletion protection nor a deletion policy: CloudFormation would leave it behind.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Compare a replica with the instance of the template to which it refers.

        RDS takes no final snapshot of a replica.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
        """
        source = resource.properties.get("SourceDBInstanceIdentifier")
        if source is None:
            return
        for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
            if resource.attributes.get(attribute) != "Delete":
                yield attribute
        protected = resource.properties.get("DeletionProtection")
        if protected is not None and not is_false(protected):
            yield "Properties/DeletionProtection"
        for name in references(source):
            if name not in resources or resources[name].type != TYPE:
                continue
            expected = resources[name].properties
            for key in SHARED:
                if resource.properties.get(key) != expected.get(key):
                    yield f"Properties/{key}"


check = ReplicaMatchesItsSource()
