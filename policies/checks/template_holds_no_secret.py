"""Policy: a template references secrets and does not contain them."""

from __future__ import annotations

import re
from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

SECRETS = {
    "AWS::ElastiCache::ReplicationGroup": "AuthToken",
    "AWS::RDS::DBInstance": "MasterUserPassword",
    "AWS::SecretsManager::Secret": "SecretString",
}
SECRET_VARIABLE = re.compile(r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY)$", re.IGNORECASE)
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
REFERENCE = "{{resolve:"
SECRET = "{{resolve:secretsmanager:"  # noqa: S105 - not a secret
PARAMETER = "AWS::SSM::Parameter"


class TemplateHoldsNoSecret(BaseResourceCheck):
    """Fail when a password, token or environment variable is not a dynamic reference."""

    def __init__(self) -> None:
        super().__init__(
            name="No secret is written into the template",
            id="CKV_CATALOG_15",
            categories=(CheckCategories.SECRETS,),
            supported_resources=(*SECRETS, "AWS::Lambda::Function", PARAMETER),
            guideline="Generate the secret in Secrets Manager and reference it; pass functions the "
            "secret's ARN.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the secret property of the resource type, or a function's variables by name."""
        properties = conf.get("Properties", {})
        if conf["Type"] == PARAMETER:
            # Everyone who may read the parameter would read what the reference resolves to.
            self.evaluated_keys = ["Properties/Value"]
            return CheckResult.FAILED if SECRET in str(properties) else CheckResult.PASSED
        if conf["Type"] == "AWS::Lambda::Function":
            path = "Properties/Environment/Variables"
            variables = properties.get("Environment", {}).get("Variables", {})
            # A function's configuration shows what a reference in a variable resolves to.
            violating = [
                name
                for name, value in variables.items()
                if SECRET in str(value) or (_names_a_secret(name) and _is_plain(value))
            ]
        else:
            path, name = "Properties", SECRETS[conf["Type"]]
            violating = [name] if name in properties and _is_plain(properties[name]) else []
        self.evaluated_keys = [f"{path}/{name}" for name in violating]
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED


def _names_a_secret(name: str) -> bool:
    return SECRET_VARIABLE.search(name) is not None


def _is_plain(value: Any) -> bool:
    """Return whether a value is text without a dynamic reference; an intrinsic is not."""
    if isinstance(value, str):
        return value != "" and REFERENCE not in value
    if isinstance(value, dict) and "Fn::Join" in value:
        return REFERENCE not in str(value)
    return not isinstance(value, dict)


check = TemplateHoldsNoSecret()
