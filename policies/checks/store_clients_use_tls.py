"""Policy: clients of database and cache use TLS, and the proxy logs no statements."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.template_check import Resources, TemplateCheck

FUNCTION = "AWS::Lambda::Function"
PROXY = "AWS::RDS::DBProxy"
# The variables by which the functions of this repository decide about TLS.
ENCRYPTED = {"CACHE_TLS": "true", "DATABASE_TLS": "verify-full"}


class StoreClientsUseTls(TemplateCheck):
    """Fail for encryption that clients may leave out or do, and for the proxy's debug log."""

    def __init__(self) -> None:
        super().__init__(
            name="Clients of database and cache use TLS, and the proxy logs no statements",
            id="CKV_CATALOG_31",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=(FUNCTION, PROXY, "AWS::ElastiCache::ReplicationGroup"),
            guideline="Set RequireTLS of the proxy and leave DebugLogging off. Set DATABASE_TLS of "
            "functions to verify-full and CACHE_TLS to true. The cache's mode `preferred` is for "
            "the time in which TLS is introduced, with a waiver.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties that admit plain text."""
        properties = resource.properties
        if resource.type == PROXY:
            if not always(properties.get("RequireTLS"), True):
                yield "Properties/RequireTLS"
            if not always(properties.get("DebugLogging", False), False):
                yield "Properties/DebugLogging"
        elif resource.type == FUNCTION:
            variables = properties.get("Environment", {}).get("Variables", {})
            for name, value in ENCRYPTED.items():
                if not always(variables.get(name, value), value):
                    yield f"Properties/Environment/Variables/{name}"
        elif not (
            # CKV_AWS_30 reports a cache without TLS.
            always(properties.get("TransitEncryptionEnabled"), False)
            # CloudFormation doesn't change what a template omits: the cache stays at `preferred`.
            or always(properties.get("TransitEncryptionMode"), "required")
        ):
            yield "Properties/TransitEncryptionMode"


check = StoreClientsUseTls()
