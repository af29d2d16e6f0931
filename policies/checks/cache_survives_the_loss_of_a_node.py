"""Policy: a cache keeps its data when it loses a node, a zone or all nodes."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least, is_true


class CacheSurvivesTheLossOfANode(TemplateCheck):
    """Fail without a replica in another zone, automatic failover and snapshots."""

    def __init__(self) -> None:
        super().__init__(
            name="A cache survives the loss of a node",
            id="CKV_CATALOG_39",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::ElastiCache::ReplicationGroup",),
            guideline="Set cache.replicas_per_shard to 1 or more, cache.automatic_failover to "
            "true and cache.snapshot_retention_days to 1 or more.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check failover, zones, replicas and snapshots; all are off by default.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
        """
        properties = resource.properties
        for switch in ("AutomaticFailoverEnabled", "MultiAZEnabled"):
            if not is_true(properties.get(switch)):
                yield f"Properties/{switch}"
        replicas = properties.get("ReplicasPerNodeGroup")
        if not at_least(replicas, 1) and not at_least(properties.get("NumCacheClusters"), 2):
            yield "Properties/ReplicasPerNodeGroup"
        if not at_least(properties.get("SnapshotRetentionLimit"), 1):
            yield "Properties/SnapshotRetentionLimit"


check = CacheSurvivesTheLossOfANode()
