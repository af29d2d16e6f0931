"""Policy: a security group does not allow all egress to everywhere."""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

EVERYWHERE = {"0.0.0.0/0", "::/0"}


class SecurityGroupDoesNotOpenAllEgress(BaseResourceCheck):
    """Fail for an egress rule with all protocols and all addresses, or without egress rules."""

    def __init__(self) -> None:
        super().__init__(
            name="A security group does not let all traffic out to everywhere",
            id="CKV_CATALOG_12",
            categories=(CheckCategories.NETWORKING,),
            supported_resources=("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"),
            guideline="Name port and destination of each egress rule. A group without egress "
            "rules gets AWS's default, which allows all egress.",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check the egress rules; a group without rules allows all egress.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
        """
        properties = conf.get("Properties", {})
        if conf.get("Type") == "AWS::EC2::SecurityGroup":
            rules = properties.get("SecurityGroupEgress") or []
            self.evaluated_keys = [
                f"Properties/SecurityGroupEgress/[{place}]"
                for place, rule in enumerate(rules)
                if _open_destinations(rule)
            ] or ([] if rules else ["Properties/SecurityGroupEgress"])
        else:
            self.evaluated_keys = [f"Properties/{key}" for key in _open_destinations(properties)]
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED


def _open_destinations(rule: dict[str, Any]) -> list[str]:
    """Return the keys of a rule for all protocols that hold all addresses."""
    if str(rule.get("IpProtocol")) != "-1":
        return []
    return [key for key in ("CidrIp", "CidrIpv6") if str(rule.get(key)) in EVERYWHERE]


check = SecurityGroupDoesNotOpenAllEgress()
