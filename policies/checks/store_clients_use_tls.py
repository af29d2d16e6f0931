"""Policy: proxy and cache refuse clients without TLS, and the proxy logs no statements."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always
from catalog_platform.policy.template_check import Resources, TemplateCheck

PROXY = "AWS::RDS::DBProxy"


class StoreClientsUseTls(TemplateCheck):
    """Fail for an encryption that clients may leave out, and for the proxy's debug log."""

    def __init__(self) -> None:
        super().__init__(
            name="Proxy and cache refuse clients without TLS, and the proxy logs no statements",
            id="CKV_CATALOG_31",
            categories=(CheckCategories.ENCRYPTION,),
            supported_resources=(PROXY, "AWS::ElastiCache::ReplicationGroup"),
            guideline="Set RequireTLS of the proxy and leave DebugLogging off; use the cache's "
            "TransitEncryptionMode `preferred` only while TLS is being introduced, with a waiver.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties that admit plain text."""
        properties = resource.properties
        if resource.type == PROXY:
            if not always(properties.get("RequireTLS"), True):
                yield "Properties/RequireTLS"
            if not always(properties.get("DebugLogging", False), False):
                yield "Properties/DebugLogging"
        elif not always(properties.get("TransitEncryptionMode", "required"), "required"):
            yield "Properties/TransitEncryptionMode"


check = StoreClientsUseTls()
