"""Policy: clients of the proxy log in with IAM, and those of a cache with a credential."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

GROUP = "AWS::ElastiCache::ReplicationGroup"
PROXY = "AWS::RDS::DBProxy"
USER = "AWS::ElastiCache::User"
USER_GROUP = "AWS::ElastiCache::UserGroup"
OPEN = "no-password-required"


class StoreClientsAuthenticate(TemplateCheck):
    """Fail for a proxy that accepts passwords, and for cache users of others or without any."""

    def __init__(self) -> None:
        super().__init__(
            name="Clients of a proxy log in with IAM, and clients of a cache with a credential",
            id="CKV_CATALOG_66",
            categories=(CheckCategories.IAM,),
            supported_resources=(GROUP, PROXY, USER),
            guideline="Set database.authentication to iam: a token is valid for minutes, and a "
            "role decides who gets one. Give each user of a cache a password or IAM.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check how clients log in. CKV_AWS_31 reports a cache without any authentication.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html
        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
        """
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == PROXY:
            yield from _proxy(properties)
        elif resource.type == USER:
            if not always(properties.get("NoPasswordRequired", False), False):
                yield "Properties/NoPasswordRequired"
            modes = properties.get("AuthenticationMode", {})
            if OPEN in stack.texts(modes.get("Type")):
                yield "Properties/AuthenticationMode/Type"
        else:
            path = "Properties/UserGroupIds"
            for where, item in items(properties.get("UserGroupIds"), path):
                named = [stack.resources[name].type for name in stack.referenced(item)]
                if USER_GROUP not in named:
                    yield where


def _proxy(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield what lets clients of a proxy log in by a password.

    The default scheme is for the users without an entry in `Auth`.
    """
    listed = list(items(properties.get("Auth"), "Properties/Auth"))
    if not always(properties.get("DefaultAuthScheme"), "IAM_AUTH") and not listed:
        yield "Properties/DefaultAuthScheme"
    for path, entry in listed:
        mode = entry.get("IAMAuth") if isinstance(entry, Mapping) else None
        if not always(mode, "REQUIRED"):
            yield f"{path}/IAMAuth"


check = StoreClientsAuthenticate()
