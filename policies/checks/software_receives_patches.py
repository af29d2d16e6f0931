"""Policy: caches and function runtimes receive patches, as does the engine of a database."""

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
DATABASE = "AWS::RDS::DBInstance"
# The oldest major versions in standard support: older ones get no patches of their community.
# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
OLDEST = {"postgres": 14, "redis": 6, "valkey": 7}


class SoftwareReceivesPatches(TemplateCheck):
    """Fail for old engines, for runtimes of a fixed version, and without upgrades of a cache."""

    def __init__(self) -> None:
        super().__init__(
            name="Engines are supported, and caches and runtimes receive patches automatically",
            id="CKV_CATALOG_64",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=(*CACHES, DATABASE, FUNCTION),
            guideline="Set AutoMinorVersionUpgrade of a cache to true, and leave "
            "RuntimeManagementConfig of a function away. A database is upgraded by the manifest "
            "(CKV_CATALOG_36), because a change of its version has to be tested with its data.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the version of an engine, the switch of a cache, and the updates of a runtime.

        https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html#elasticache-2
        """
        properties = resource.properties
        version = str(properties.get("EngineVersion", "")).partition(".")[0]
        oldest = OLDEST.get(str(properties.get("Engine")), 0)
        if version.isdecimal() and int(version) < oldest:
            yield "Properties/EngineVersion"
        if resource.type == DATABASE:
            return
        if resource.type in CACHES:
            if not always(properties.get("AutoMinorVersionUpgrade"), True):
                yield "Properties/AutoMinorVersionUpgrade"
            return
        for path, config in branches(properties.get(PATH), f"Properties/{PATH}"):
            mode = config.get("UpdateRuntimeOn") if isinstance(config, dict) else None
            if not any(always(mode, each) for each in PATCHED):
                yield f"{path}/UpdateRuntimeOn"


check = SoftwareReceivesPatches()
