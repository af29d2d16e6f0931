"""Policy: the reader's role only reads, as a database user of its own."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.database_owner import database_user
from catalog_platform.policy.identity_policies import TYPES, attached_roles, identity_statements
from catalog_platform.policy.intrinsics import items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement
from catalog_platform.policy.template_check import Resources, TemplateCheck

SECTION = "reader"
FUNCTION = "AWS::Lambda::Function"
CONNECT = "rds-db:connect"
SECRET = "secretsmanager:getsecretvalue"  # noqa: S105 - an action
ALLOWED = {
    CONNECT,
    SECRET,
    "kms:decrypt",
    "logs:createlogstream",
    "logs:putlogevents",
    "ec2:assignprivateipaddresses",
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:describenetworkinterfaces",
    "ec2:describesubnets",
    "ec2:unassignprivateipaddresses",
    "xray:puttelemetryrecords",
    "xray:puttracesegments",
}
# The secrets of the database's other users are in the same section.
OWN_SECRET = "Database/ReaderLogin/"  # noqa: S105 - a construct path


class ReaderRoleOnlyReads(TemplateCheck):
    """Fail for other actions, for the database users of other functions, and for their secrets."""

    def __init__(self) -> None:
        super().__init__(
            name="The reader's role only reads, as a database user of its own",
            id="CKV_CATALOG_29",
            categories=(CheckCategories.IAM,),
            supported_resources=(*TYPES, FUNCTION),
            guideline="Remove the action, or the user or secret of another function: the reader "
            "may get a URL, so its role must not be able to change anything.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the violating statements of policies of the reader's role."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == FUNCTION:
            # The policies of a role outside the stack are unknown.
            if resource.section == SECTION and not stack.referenced(properties.get("Role")):
                yield "Properties/Role"
            return
        readers, others = _function_roles(stack)
        if not attached_roles(properties, stack) & readers:
            return
        users = _users_of(others, stack)
        for statement in identity_statements(properties, stack):
            wrong_user = statement.allows_action(CONNECT) and not (
                users.isdisjoint(map(database_user, statement.resources))
            )
            if (
                not set(statement.actions) <= ALLOWED
                or wrong_user
                or (statement.allows_action(SECRET) and _reads_other_secrets(statement, stack))
            ):
                yield statement.path
        arns = properties.get("ManagedPolicyArns")
        yield from (path for path, _ in items(arns, "Properties/ManagedPolicyArns"))


def _function_roles(stack: ScannedStack) -> tuple[set[str], set[str]]:
    """Return the roles of the reader, and those of other functions only."""
    roles: tuple[set[str], set[str]] = (set(), set())
    for function in stack.of_type(FUNCTION):
        used = stack.referenced(function.properties.get("Role"))
        roles[function.section != SECTION].update(used)
    return roles[0], roles[1] - roles[0]


def _users_of(roles: set[str], stack: ScannedStack) -> set[str]:
    """Return the database users of roles; `*` always counts as one."""
    users = {"*"}
    for policy in stack.of_type(*TYPES):
        inside = ScannedStack(policy, stack.resources)
        if attached_roles(policy.properties, inside) & roles:
            for statement in identity_statements(policy.properties, inside):
                if statement.allows_action(CONNECT):
                    users.update(map(database_user, statement.resources))
    return users


def _reads_other_secrets(statement: Statement, stack: ScannedStack) -> bool:
    for text in statement.resources:
        secret = stack.named(text)
        if secret is None:
            return True
        if secret.section != "cache" and not secret.path.startswith(OWN_SECRET):
            return True
    return False


check = ReaderRoleOnlyReads()
