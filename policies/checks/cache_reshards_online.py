"""Policy: a change of the number of shards keeps the cache."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at, is_true


class CacheReshardsOnline(TemplateCheck):
    """Fail without the update policy for online resharding."""

    def __init__(self) -> None:
        super().__init__(
            name="A cache moves its data to new shards instead of being replaced",
            id="CKV_CATALOG_40",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::ElastiCache::ReplicationGroup",),
            guideline="Set UpdatePolicy with UseOnlineResharding true; without it, a change of "
            "cache.shards replaces the replication group with an empty one.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the attribute UpdatePolicy.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
        """
        if not is_true(at(resource.attributes, "UpdatePolicy/UseOnlineResharding")):
            yield "UpdatePolicy"


check = CacheReshardsOnline()
