"""Policy: roles of the stack have named actions on named resources, and administer nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.access_levels import actions_on_permissions, actions_without_resource
from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.identity_policies import IDENTITIES, TYPES, identity_statements
from catalog_platform.policy.intrinsics import items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

# AWS's policies for its services' own roles; each is for one purpose.
SERVICE_POLICIES = re.compile(
    r"arn:aws:iam::aws:policy/(service-role/"
    r"(AWSBackupServiceRolePolicyForBackup|AmazonRDSEnhancedMonitoringRole"
    r"|AWSLambdaBasicExecutionRole|AWSLambdaVPCAccessExecutionRole)"
    r"|AWSBackupServiceRolePolicyForS3Backup)"
)
# They change other stacks, identities, accounts or records, or code and keys of this stack.
ADMINISTRATION = (
    "account:*", "cloudformation:*", "cloudtrail:*", "config:*", "iam:*", "organizations:*",
    "sso:*", "sts:*", "lambda:add*", "lambda:create*", "lambda:delete*", "lambda:put*",
    "lambda:update*", "kms:create[!g]*", "kms:delete*", "kms:disable*", "kms:put*",
    "kms:schedule*", "kms:update*", "*:authorize*", "*:decrease*", "*:delete*", "*:disable*",
    "*:modify*", "*:purge*", "*:putretention*", "*:stop*", "s3:putbucket*", "s3:putlifecycle*",
)  # fmt: skip
# Lambda creates a function's network interfaces, whose ids are not known before.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
NETWORK_INTERFACE = {
    "ec2:assignprivateipaddresses",
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:unassignprivateipaddresses",
}
# policy_sentry counts a login as a change of permissions.
HARMLESS = NETWORK_INTERFACE | {"rds-db:connect", "sqs:deletemessage"}
# CKV_CATALOG_17 reports these.
OF_OBJECTS = {
    "s3:bypassgovernanceretention",
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:putlifecycleconfiguration",
}
# A key and a password are credentials that never expire.
ACCESS_KEY = "AWS::IAM::AccessKey"
PASSWORD = "LoginProfile"  # noqa: S105 - a property


class IdentityPolicyNamesActionsAndResources(TemplateCheck):
    """Fail for wildcards, NotAction, NotResource, administration and AWS's broad policies."""

    def __init__(self) -> None:
        super().__init__(
            name="A role has named actions on named resources and administers nothing",
            id="CKV_CATALOG_19",
            categories=(CheckCategories.IAM,),
            supported_resources=(*TYPES, ACCESS_KEY),
            guideline="List each action and the ARN of each resource. Use `*` as resource only for "
            "actions that have none, and none of AWS's managed policies except those of a service.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the violating statements and managed policies, and a missing Deny for code."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == ACCESS_KEY:
            yield "Properties/UserName"
        if PASSWORD in properties:
            yield f"Properties/{PASSWORD}"
        # Lambda assumes the role for both, itself and the function's code.
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
        document = properties.get("PolicyDocument")
        keeps_code_out = any(
            _keeps_code_out(each, stack) for each in statements(document, "", stack)
        )
        allowed = [*identity_statements(properties, stack)]
        for statement in allowed:
            if _administers(statement) or not _names_resources(statement, stack):
                yield statement.path
        if any(each.includes(*NETWORK_INTERFACE) for each in allowed) and not keeps_code_out:
            yield "Properties/PolicyDocument/Deny"
        if resource.type in IDENTITIES:
            attached = properties.get("ManagedPolicyArns")
            for path, policy in items(attached, "Properties/ManagedPolicyArns"):
                if not all(_is_known(text, stack) for text in stack.texts(policy)):
                    yield path


def _keeps_code_out(statement: Statement, stack: ScannedStack) -> bool:
    """Return whether a statement refuses the network interfaces to the code of every function."""
    functions = f":lambda:{stack.resource.region}:{stack.resource.account}:function:*"
    return (
        all(map(statement.denies_action, NETWORK_INTERFACE))
        and statement.resources == ("*",)
        and len(statement.conditions) == 1
        and all(
            (each.operator, each.key) == ("arnlike", "lambda:sourcefunctionarn")
            and any(text.endswith(functions) for text in each.texts)
            for each in statement.conditions
        )
    )


def _is_known(policy: str, stack: ScannedStack) -> bool:
    """Return whether a managed policy is one of the stack, which is checked itself, or known."""
    own = policy.startswith("${") and stack.owns(policy)
    return own or SERVICE_POLICIES.fullmatch(policy) is not None


def _administers(statement: Statement) -> bool:
    return any(
        "*" in action or "?" in action or _is_administration(action, statement)
        for action in statement.actions
    )


def _is_administration(action: str, statement: Statement) -> bool:
    if action in HARMLESS | OF_OBJECTS or _is_grant_for_aws(action, statement):
        return False
    changes_permissions = action in actions_on_permissions()
    return changes_permissions or any(fnmatchcase(action, each) for each in ADMINISTRATION)


def _is_grant_for_aws(action: str, statement: Statement) -> bool:
    """Return whether it lets AWS's services use a key for a resource, as AWS Backup has to.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    return action == "kms:creategrant" and any(
        (each.operator, each.key, each.texts) == ("bool", "kms:grantisforawsresource", ("true",))
        for each in statement.conditions
    )


def _names_resources(statement: Statement, stack: ScannedStack) -> bool:
    if set(statement.actions) <= actions_without_resource():
        return True
    names = [each for each in statement.resources if _is_named(each, stack)]
    if len(names) == len(statement.resources) and names:
        return True
    interfaces = f"arn:aws:ec2:{stack.resource.region}:{stack.resource.account}:*/*"
    return set(statement.actions) <= NETWORK_INTERFACE and statement.resources == (interfaces,)


def _is_named(resource: str, stack: ScannedStack) -> bool:
    """Return whether an ARN names a resource of this account, not all of a kind.

    In the stack of an environment, it must refer to a resource of the stack.

    The last component may end in a wildcard: `log-group:catalog-*`, `bucket/inventory/*`.
    """
    if resource.startswith("${"):
        return stack.owns(resource)
    if stack.is_environment and "${" not in resource:
        # A resource of another stack; the name of a bucket can even be one of another account.
        return False
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return False
    account, name = parts[4], parts[5]
    first = re.split(r"[:/]", name)
    identifier = first[0] if parts[2] == "s3" else "".join(first[1:2]) or first[0]
    wild = name if parts[2] == "rds-db" else parts[2] + identifier[:1]
    return account in ("", stack.resource.account) and not {"*", "?"} & set(wild)


check = IdentityPolicyNamesActionsAndResources()
