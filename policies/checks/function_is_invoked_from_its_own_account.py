"""Policy: only this account, and services on its behalf, can invoke a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.callers import is_of_this_account
from catalog_platform.policy.intrinsics import always, can_be_absent
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.statements import Condition, Principal, Statement
from catalog_platform.policy.template_check import Resources, TemplateCheck

URL = "AWS::Lambda::Url"
LIMITS = ("PrincipalOrgID", "SourceAccount", "SourceArn")
INVOKE = {"lambda:GetLayerVersion", "lambda:InvokeFunction", "lambda:InvokeFunctionUrl"}


class FunctionIsInvokedFromItsOwnAccount(TemplateCheck):
    """Fail for a URL without IAM, and a permission for everyone, other accounts or any source."""

    def __init__(self) -> None:
        super().__init__(
            name="Only this account, and services on its behalf, can invoke a function",
            id="CKV_CATALOG_23",
            categories=(CheckCategories.IAM,),
            supported_resources=(
                URL,
                "AWS::Lambda::LayerVersionPermission",
                "AWS::Lambda::Permission",
            ),
            guideline="Set AuthType of a URL to AWS_IAM. In a permission, name a principal of this "
            "account, or a service with a SourceArn, and SourceAccount if the ARN has none.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the authentication of a URL, or what a permission allows too much."""
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == URL:
            if not always(properties.get("AuthType"), "AWS_IAM"):
                yield "Properties/AuthType"
            return
        if not is_of_this_account(_statement(properties, stack), stack):
            yield "Properties/Principal"
            # What limits it counts as well: another source is another violation.
            yield from (f"Properties/{name}" for name in LIMITS if name in properties)
        is_for_service = any(map(_is_service, stack.texts(properties.get("Principal"))))
        if is_for_service and can_be_absent(properties.get("SourceArn")):
            yield "Properties/SourceArn"
        if not set(stack.texts(properties.get("Action"))) <= INVOKE:
            yield "Properties/Action"
        if "NONE" in stack.texts(properties.get("FunctionUrlAuthType")):
            yield "Properties/FunctionUrlAuthType"


def _statement(properties: Mapping[str, Any], stack: ScannedStack) -> Statement:
    """Return the statement that Lambda adds to the function's policy.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
    """
    principals = stack.texts(properties.get("Principal"))
    conditions = [
        Condition(operator, f"aws:{name.lower()}", stack.texts(properties[name]))
        for name, operator in (("SourceAccount", "stringequals"), ("SourceArn", "arnlike"))
        if not can_be_absent(properties.get(name))
    ]
    return Statement(
        path="Properties",
        allows=True,
        principals=tuple(
            Principal("Service" if _is_service(text) else "AWS", text) for text in principals
        ),
        actions=stack.texts(properties.get("Action")),
        resources=(),
        conditions=tuple(conditions),
    )


def _is_service(principal: str) -> bool:
    return principal.endswith(".amazonaws.com")


check = FunctionIsInvokedFromItsOwnAccount()
