"""Policy: caches and function runtimes receive patches without a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, branches
from catalog_platform.policy.template_check import Resources, TemplateCheck

CACHES = ("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup")
FUNCTION = "AWS::Lambda::Function"
# With `Manual`, a function keeps the version of its runtime.
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
PATCHED = {"Auto", "FunctionUpdate"}
PATH = "RuntimeManagementConfig"


class SoftwareReceivesPatches(TemplateCheck):
    """Fail without automatic minor upgrades of a cache, and for a runtime of a fixed version."""

    def __init__(self) -> None:
        super().__init__(
            name="Caches and function runtimes receive security patches automatically",
            id="CKV_CATALOG_64",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=(*CACHES, FUNCTION),
            guideline="Set AutoMinorVersionUpgrade of a cache to true, and leave "
            "RuntimeManagementConfig of a function away. A database is upgraded by the manifest "
            "(CKV_CATALOG_36), because a change of its version has to be tested with its data.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the switch of a cache, and when a function's runtime is updated.

        https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-2
        """
        properties = resource.properties
        if resource.type in CACHES:
            if not always(properties.get("AutoMinorVersionUpgrade"), True):
                yield "Properties/AutoMinorVersionUpgrade"
            return
        for path, config in branches(properties.get(PATH), f"Properties/{PATH}"):
            mode = config.get("UpdateRuntimeOn") if isinstance(config, dict) else None
            if not any(always(mode, each) for each in PATCHED):
                yield f"{path}/UpdateRuntimeOn"


check = SoftwareReceivesPatches()
