"""Find out as whom the owner of a stack's databases logs in, and which secrets open them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.secret_texts import resolves_to_a_secret
from catalog_platform.policy.template_values import at

DATABASES = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type
ATTACHMENT = "AWS::SecretsManager::SecretTargetAttachment"


@dataclass(frozen=True, slots=True)
class DatabaseOwner:
    """The owner of the databases of a stack.

    `names` are user names, and `secrets` the logical ids of secrets with the owner's password, and
    of their attachments to a database.
    """

    names: frozenset[str]
    secrets: frozenset[str]


def owner_of(stack: ScannedStack, *databases: Resource) -> DatabaseOwner:
    """Return the owner of the databases, otherwise of all in the stack."""
    names: set[str] = set()
    secrets: set[str] = set()
    for each in databases or [*stack.of_type(*DATABASES)]:
        login = [each.properties.get(name) for name in ("MasterUsername", "MasterUserPassword")]
        used = {name for name in stack.referenced(login) if stack.resources[name].type == SECRET}
        secrets |= used
        texts = stack.texts(login[0])
        names.update(text for text in texts if not resolves_to_a_secret(text))
        for name in used:
            names.update(_usernames(stack.resources[name], stack))
    attachments = {
        each.logical_id
        for each in stack.of_type(ATTACHMENT)
        if stack.referenced(each.properties.get("SecretId")) & secrets
    }
    return DatabaseOwner(frozenset(names), frozenset(secrets | attachments))


def database_user(resource: str) -> str:
    """Return the user of `arn:aws:rds-db:REGION:ACCOUNT:dbuser:ID/USER`; `*` for wildcards."""
    user = resource.rpartition("/")[2]
    return "*" if "*" in user or "?" in user else user


def _usernames(secret: Resource, stack: ScannedStack) -> Iterator[str]:
    """Yield the user names that are generated into a secret."""
    for text in stack.texts(at(secret.properties, "GenerateSecretString/SecretStringTemplate")):
        try:
            content: Any = json.loads(text)
        except ValueError:
            continue
        if isinstance(content, dict) and "username" in content:
            yield str(content["username"])
