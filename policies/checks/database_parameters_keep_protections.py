"""Policy: a PostgreSQL server audits changes, and no parameter takes a protection away."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

PATH = "Properties/Parameters"
AUDITED = {"ddl", "role", "write"}
# The values that a parameter may have, if it is set; defaults are in this list.
# https://www.postgresql.org/docs/current/runtime-config.html
SAFE = {
    "log_statement": {"none", "ddl"},
    "password_encryption": {"scram-sha-256"},
    "ssl_min_protocol_version": {"TLSv1.2", "TLSv1.3"},
}
# What other policies check: CKV_CATALOG_9, CKV_CATALOG_59, and below.
JUDGED = {
    "fsync",
    "full_page_writes",
    "pgaudit.log",
    "rds.force_ssl",
    "shared_preload_libraries",
    "synchronous_commit",
}


class DatabaseParametersKeepProtections(TemplateCheck):
    """Fail without pgaudit, for weak passwords, old TLS, logged values and unknown parameters."""

    def __init__(self) -> None:
        super().__init__(
            name="A PostgreSQL server audits changes and no parameter takes a protection away",
            id="CKV_CATALOG_63",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::RDS::DBParameterGroup",),
            guideline="Load pgaudit with ddl, role and write (database.statement_audit), and leave "
            "the other parameters at PostgreSQL's defaults. A new parameter needs a policy that "
            "knows its safe values.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the parameters that are unsafe, or missing in the stack of an environment.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
        """
        stack = ScannedStack(resource, resources)
        parameters = resource.properties.get("Parameters", {})
        for name, allowed in SAFE.items():
            if not set(stack.texts(parameters.get(name))) <= allowed:
                yield f"{PATH}/{name}"
        if not stack.is_environment:
            return
        for name in sorted(parameters.keys() - SAFE.keys() - JUDGED):
            yield f"{PATH}/{name}"
        for name, needed in (("pgaudit.log", AUDITED), ("shared_preload_libraries", {"pgaudit"})):
            lists = [_items(text) for text in stack.texts(parameters.get(name))]
            if not lists or not all(needed <= each or "all" in each for each in lists):
                yield PATH


def _items(text: str) -> set[str]:
    return {each.strip().lower() for each in text.split(",")}


check = DatabaseParametersKeepProtections()
