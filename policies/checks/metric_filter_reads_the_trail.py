"""Policy: a metric filter on the trail's events counts those of the stack."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import reference, references

# The fields of CloudTrail's events.
FIELD = "$.event"


class MetricFilterReadsTheTrail(TemplateCheck):
    """Fail for a filter that reads another log group, or that no event of the stack matches."""

    def __init__(self) -> None:
        super().__init__(
            name="A metric filter counts the events of the stack's resources in the trail's log",
            id="CKV_CATALOG_60",
            categories=(CheckCategories.LOGGING,),
            supported_resources=("AWS::Logs::MetricFilter",),
            guideline="Set LogGroupName to the log group of the trail, and name a resource of the "
            "stack in FilterPattern; otherwise the metric stays at zero, and so does its alarm.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check filters whose pattern has fields of CloudTrail's events.

        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
        """
        pattern = resource.properties.get("FilterPattern")
        if FIELD not in str(pattern):
            return
        if not set(references(pattern)) & resources.keys():
            yield "Properties/FilterPattern"
        groups = {
            reference(trail.properties.get("CloudWatchLogsLogGroupArn"))
            for trail in created(resources, "AWS::CloudTrail::Trail")
        }
        if reference(resource.properties.get("LogGroupName")) not in groups - {""}:
            yield "Properties/LogGroupName"


check = MetricFilterReadsTheTrail()
