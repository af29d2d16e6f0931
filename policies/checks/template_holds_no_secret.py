"""Policy: a template references secrets and does not contain them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.property_texts import property_texts
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.secret_texts import (
    holds_credentials,
    names_a_secret,
    resolves_to_a_secret,
)
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

FUNCTION = "AWS::Lambda::Function"
PARAMETER = "AWS::SSM::Parameter"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type
# The properties that need a secret: a value that isn't resolved from one is in the template.
SECRETS = {
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::ElastiCache::User": ("Passwords",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    SECRET: ("SecretString",),
}
# Free text, which more people may read than the secret.
TEXTS = (
    "AWS::CloudWatch::Dashboard",
    "AWS::ElastiCache::ParameterGroup",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SNS::Subscription",
    FUNCTION,
    PARAMETER,
)
# RDS shows the name of the owner, but no secret is in it.
READABLE = {"MasterUsername"}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
REFERENCE = "{{resolve:"


class TemplateHoldsNoSecret(TemplateCheck):
    """Fail for a password, token or key in plain text, and where a reference would show one."""

    def __init__(self) -> None:
        super().__init__(
            name="No secret is written into the template",
            id="CKV_CATALOG_15",
            categories=(CheckCategories.SECRETS,),
            supported_resources=(*SECRETS, *TEXTS),
            guideline="Generate the secret in Secrets Manager and reference it; pass functions the "
            "secret's ARN.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check properties for secrets, named variables and parameters, and all other texts.

        Everyone who may read a resource's configuration reads what a reference in it resolves to.
        """
        stack = ScannedStack(resource, resources)
        needed = SECRETS.get(resource.type, ())
        found = [f"Properties/{name}" for name in needed if _is_plain(resource.properties, name)]
        found += _named(resource, stack)
        for name, value in resource.properties.items():
            for path, text in property_texts(value, f"Properties/{name}", stack):
                is_shown = resolves_to_a_secret(text) and name not in {*needed, *READABLE}
                if is_shown or holds_credentials(text):
                    found.append(path)
        yield from dict.fromkeys(found)


def _named(resource: Resource, stack: ScannedStack) -> Iterator[str]:
    """Yield what is named after a secret and has a value of its own."""
    properties = resource.properties
    if resource.type == FUNCTION:
        variables = at(properties, "Environment/Variables") or {}
        for name in filter(names_a_secret, variables):
            if _is_plain(variables, name):
                yield f"Properties/Environment/Variables/{name}"
    elif resource.type == PARAMETER:
        named = any(map(names_a_secret, stack.texts(properties.get("Name"))))
        if named and _is_plain(properties, "Value"):
            yield "Properties/Value"
    elif resource.type == SECRET:
        template = "GenerateSecretString/SecretStringTemplate"
        for text in stack.texts(at(properties, template)):
            if any(names_a_secret(name) and value for name, value in _fields(text).items()):
                yield f"Properties/{template}"


def _fields(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _is_plain(node: Any, name: str) -> bool:
    """Return whether a value is text without a dynamic reference; an intrinsic is not."""
    value = node.get(name)
    if isinstance(value, str):
        return value != "" and REFERENCE not in value
    if isinstance(value, dict) and "Fn::Join" in value:
        return REFERENCE not in str(value)
    if isinstance(value, list):
        return any(_is_plain({name: each}, name) for each in value)
    return value is not None and not isinstance(value, dict)


check = TemplateHoldsNoSecret()
