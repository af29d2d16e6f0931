"""Policy: a database confirms a commit after it has written it to disk."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

# Parameters of PostgreSQL, with the values that lose no confirmed commit. All are the defaults or
# stricter. With `local`, the standby of RDS, which copies the disk, still has the commit.
# https://www.postgresql.org/docs/17/runtime-config-wal.html
ON = ("on", "1", "true", "yes")
SAFE = {
    "fsync": ON,
    "full_page_writes": ON,
    "synchronous_commit": (*ON, "local", "remote_apply", "remote_write"),
}
POOL = "ConnectionPoolConfigurationInfo"
TARGETS = "AWS::RDS::DBProxyTargetGroup"


class DatabaseCommitsDurably(TemplateCheck):
    """Fail for parameters, and queries of a proxy, with which a crash can lose commits."""

    def __init__(self) -> None:
        super().__init__(
            name="A database loses no confirmed commit in a crash",
            id="CKV_CATALOG_59",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=(
                "AWS::RDS::DBClusterParameterGroup",
                "AWS::RDS::DBParameterGroup",
                TARGETS,
            ),
            guideline="Remove the parameter, or the query of the proxy that can set it: the "
            "processor does not read a confirmed update from the stream again.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the parameters that are set; an unset one is safe.

        The query that a proxy sends first can set each of them, and the role too.
        """
        if resource.type == TARGETS:
            if at(resource.properties, f"{POOL}/InitQuery"):
                yield f"Properties/{POOL}/InitQuery"
            return
        parameters = resource.properties.get("Parameters")
        for name, safe in SAFE.items():
            value = parameters.get(name) if isinstance(parameters, dict) else None
            if value is not None and str(value).lower() not in safe:
                yield f"Properties/Parameters/{name}"


check = DatabaseCommitsDurably()
