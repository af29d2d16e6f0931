"""Policy: only migrations and rotation log in as the owner of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.database_owner import DatabaseOwner, database_user, owner_of
from catalog_platform.policy.identity_policies import TYPES, attached_roles, identity_statements
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement
from catalog_platform.policy.template_check import Resources, TemplateCheck

# The functions of this section migrate the schema and rotate the password.
SECTION = "database"
FUNCTION = "AWS::Lambda::Function"
PROXY = "AWS::RDS::DBProxy"
URL = "AWS::Lambda::Url"
CONNECT = "rds-db:connect"
INVOKE = "lambda:invokefunction"
READS = ("secretsmanager:batchgetsecretvalue", "secretsmanager:getsecretvalue")
WRITES = ("secretsmanager:putsecretvalue", "secretsmanager:updatesecret")


class OwnerLoginIsForMigrations(TemplateCheck):
    """Fail for others with the name, password or token of the owner, or with its functions."""

    def __init__(self) -> None:
        super().__init__(
            name="Only migrations and the rotation log in as the owner of the database",
            id="CKV_CATALOG_69",
            categories=(CheckCategories.IAM,),
            supported_resources=(*TYPES, FUNCTION, PROXY, URL),
            guideline="Log in as a role of the function's own (Database.application_role, "
            "Database.reader_role): the owner can drop tables and switch the audit off.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield variables, roles, statements, proxies' secrets and URLs that let others in."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        owner = owner_of(stack)
        if resource.type == PROXY:
            for path, text in property_texts(properties.get("Auth"), "Properties/Auth", stack):
                if _is_secret(text, owner, stack):
                    yield path
        elif resource.type == URL:
            target = stack.referenced(properties.get("TargetFunctionArn"))
            if any(stack.resources[name].section == SECTION for name in target):
                yield "Properties/TargetFunctionArn"
        elif resource.type != FUNCTION:
            if not _is_of_migrations(stack):
                for statement in identity_statements(properties, stack):
                    if _is_of_owner(statement, owner, stack):
                        yield statement.path
        elif resource.section != SECTION:
            if stack.referenced(properties.get("Role")) & _roles(stack, SECTION):
                yield "Properties/Role"
            variables = properties.get("Environment", {}).get("Variables", {})
            path = "Properties/Environment/Variables"
            for where, text in property_texts(variables, path, stack):
                if _names_owner(where, text, owner) or _is_secret(text, owner, stack):
                    yield where


def _names_owner(path: str, text: str, owner: DatabaseOwner) -> bool:
    """Return whether a variable is the owner's name, or an address with it.

    The name alone can also be that of the database, in another variable.
    """
    is_user = any(step.upper().endswith(("USER", "USERNAME")) for step in path.split("/"))
    return any(
        (is_user and text == name) or re.search(rf"(//|\buser=){re.escape(name)}(\b|$)", text)
        for name in owner.names
    )


def _roles(stack: ScannedStack, section: str) -> frozenset[str]:
    """Return the roles of the functions of a section."""
    functions = [each for each in stack.of_type(FUNCTION) if each.section == section]
    return stack.referenced([each.properties.get("Role") for each in functions])


def _is_of_migrations(stack: ScannedStack) -> bool:
    """Return whether a policy applies to nothing but roles of migrations and rotation."""
    attached = attached_roles(stack.resource.properties, stack)
    return bool(attached) and attached <= _roles(stack, SECTION)


def _is_of_owner(statement: Statement, owner: DatabaseOwner, stack: ScannedStack) -> bool:
    if statement.allows_action(CONNECT):
        users = {database_user(resource) for resource in statement.resources}
        if users & {*owner.names, "*"}:
            return True
    if statement.allows_action(*READS, *WRITES) and any(
        _is_secret(resource, owner, stack) for resource in statement.resources
    ):
        return True
    # Who invokes a function can do what the function can.
    invoked = [stack.named(resource) for resource in statement.resources]
    return statement.allows_action(INVOKE) and any(
        each is not None and each.type == FUNCTION and each.section == SECTION for each in invoked
    )


def _is_secret(text: str, owner: DatabaseOwner, stack: ScannedStack) -> bool:
    found = stack.named(text)
    return found is not None and found.logical_id in owner.secrets


check = OwnerLoginIsForMigrations()
