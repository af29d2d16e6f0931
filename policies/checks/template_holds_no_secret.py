"""Policy: a template references secrets and does not contain them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import UNKNOWN, literals
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
    "AWS::ElastiCache::User": ("AuthenticationMode/Passwords", "Passwords"),
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
REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm|ssm-secure):[^{}]+\}\}")


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
        found = [
            f"Properties/{name}" for name in needed if _is_plain(at(resource.properties, name))
        ]
        found += _named(resource, stack)
        for name, value in resource.properties.items():
            for path, text in property_texts(value, f"Properties/{name}", stack):
                is_needed = any(each.partition("/")[0] == name for each in needed)
                is_shown = resolves_to_a_secret(text) and not is_needed and name not in READABLE
                if is_shown or holds_credentials(text):
                    found.append(path)
        yield from dict.fromkeys(found)


def _named(resource: Resource, stack: ScannedStack) -> Iterator[str]:
    """Yield what is named after a secret and has a value of its own."""
    properties = resource.properties
    if resource.type == FUNCTION:
        variables = at(properties, "Environment/Variables") or {}
        for name in filter(names_a_secret, variables):
            if _is_plain(variables[name]):
                yield f"Properties/Environment/Variables/{name}"
    elif resource.type == PARAMETER:
        named = any(map(names_a_secret, stack.texts(properties.get("Name"))))
        if named and _is_plain(properties.get("Value")):
            yield "Properties/Value"
    elif resource.type == SECRET:
        template = "GenerateSecretString/SecretStringTemplate"
        for text in stack.texts(at(properties, template)):
            if UNKNOWN in text or any(names_a_secret(name) for name in _set_fields(text)):
                yield f"Properties/{template}"


def _set_fields(text: str) -> Iterator[str]:
    """Yield the name of each field of a JSON text that has a value."""
    try:
        content = json.loads(text)
    except ValueError:
        return
    nodes = [content]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            yield from (name for name, value in node.items() if value)
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node


def _is_plain(value: Any) -> bool:
    """Return whether a value has text, but no dynamic reference to a secret.

    An attribute of a resource has neither: it is the secret's ARN, not its value.
    """
    if isinstance(value, list):
        return any(map(_is_plain, value))
    text = "".join(literals(value))
    return text != "" and REFERENCE.search(text) is None


check = TemplateHoldsNoSecret()
