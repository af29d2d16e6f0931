"""Policy: the owner of a database has no name that attackers try first."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.database_owner import DATABASES, owner_of
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

# Defaults of consoles, engines and examples.
# https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-25
GUESSED = {
    "admin", "administrator", "awsuser", "dba", "dbadmin", "dbuser", "main", "master", "owner",
    "pgadmin", "postgres", "postgresql", "rdsadmin", "root", "sa", "superuser", "sysadmin", "user",
}  # fmt: skip


class DatabaseOwnerHasItsOwnName(TemplateCheck):
    """Fail for the default names of administrators."""

    def __init__(self) -> None:
        super().__init__(
            name="The owner of a database does not have a default name",
            id="CKV_CATALOG_67",
            categories=(CheckCategories.IAM,),
            supported_resources=DATABASES,
            guideline="Set database.username to a name of its own, before the first deployment: "
            "the owner of an instance can't be renamed.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the name in the template, or in the secret from which it is resolved."""
        owner = owner_of(ScannedStack(resource, resources), resource)
        if any(name.lower() in GUESSED for name in owner.names):
            yield "Properties/MasterUsername"


check = DatabaseOwnerHasItsOwnName()
