"""Policy: logs can be read for a year."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least

DAYS = 365
# DELIVERY ignores the retention, and INFREQUENT_ACCESS supports no metric filters.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
STANDARD = "STANDARD"


class LogGroupIsKeptAYear(TemplateCheck):
    """Fail when a log group deletes entries too early; an unset retention deletes none."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A log group keeps entries for at least {DAYS} days",
            id="CKV_CATALOG_45",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::Logs::LogGroup",),
            guideline=f"Set logs.retention_days and logs.flow_log_retention_days to {DAYS} or "
            "more: auditors ask for a year, and an attack is often noticed after months.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check retention and class. CKV_AWS_66 reports a log group without a retention."""
        value = resource.properties.get("RetentionInDays")
        if value is not None and not at_least(value, DAYS):
            yield "Properties/RetentionInDays"
        if resource.properties.get("LogGroupClass", STANDARD) != STANDARD:
            yield "Properties/LogGroupClass"


check = LogGroupIsKeptAYear()
