"""Policy: only the services of the stack and named identities of its account assume a role."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.callers import SOURCE_KEYS
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Principal, Statement, statements
from catalog_platform.policy.template_check import Resources, TemplateCheck

SERVICES = {
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "lambda.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "rds.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
# These services assume roles on behalf of any account, and say of which one.
# https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
SAY_ACCOUNT = {"backup.amazonaws.com", "vpc-flow-logs.amazonaws.com"}


class RoleTrustsItsOwnAccount(TemplateCheck):
    """Fail for a trust policy that lets an account, a provider or other services in."""

    def __init__(self) -> None:
        super().__init__(
            name="Only the services of the stack and named identities can assume a role",
            id="CKV_CATALOG_21",
            categories=(CheckCategories.IAM,),
            supported_resources=("AWS::IAM::Role",),
            guideline="Name the service that uses the role, or an identity of this account. Add "
            "aws:SourceAccount for AWS Backup and flow logs, which also work for other accounts.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the statements that trust too many."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        path = "Properties/AssumeRolePolicyDocument"
        for statement in statements(properties.get("AssumeRolePolicyDocument"), path, stack):
            if statement.allows and not all(
                _is_trusted(principal, statement, stack) for principal in statement.principals
            ):
                yield statement.path


def _is_trusted(principal: Principal, statement: Statement, stack: ScannedStack) -> bool:
    if principal.is_everyone:
        return statement.demands_own({"aws:principalarn"}, stack)
    if principal.kind == "Service":
        needs_source = principal.text in SAY_ACCOUNT
        return principal.text in SERVICES and (
            not needs_source or statement.demands_own(SOURCE_KEYS, stack)
        )
    # The account itself stands for each of its identities.
    is_account = principal.text == stack.resource.account or principal.text.endswith(":root")
    return principal.kind == "AWS" and stack.owns(principal.text) and not is_account


check = RoleTrustsItsOwnAccount()
