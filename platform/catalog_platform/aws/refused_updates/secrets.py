"""Rules about secrets that hold a database's password."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.databases import INSTANCE
from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate, references


def _replaces_the_owners_password(update: ResourceUpdate) -> bool:
    """Return whether a new password is generated for an instance that keeps the old one.

    The instance refers to the secret by a dynamic reference, which doesn't change.
    """
    if update.before("GenerateSecretString") == update.after("GenerateSecretString"):
        return False
    return any(
        resource["Type"] == INSTANCE
        and name in update.stack.head
        and name not in update.stack.replaced
        and update.logical_id
        in references(resource.get("Properties", {}).get("MasterUserPassword"))
        for name, resource in update.stack.base.items()
    )


RULES = (
    Rule(
        type="AWS::SecretsManager::Secret",
        property="GenerateSecretString",
        key="database.username",
        reason="Secrets Manager generates a new password, but the instance keeps user and password:"
        " the next migration and rotation can't log in",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html",
        refuses=_replaces_the_owners_password,
        breaks=True,
    ),
)
