"""Policy: a stream keeps records until an outage is repaired."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least, number, references

# A week: the time to notice and repair. It is also the minimum of AWS Security Hub's Kinesis.3.
HOURS = 168


class StreamOutlivesAnOutage(TemplateCheck):
    """Fail when records expire within a week, or before their retries end."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A stream keeps records for at least {HOURS} hours and longer than the retries",
            id="CKV_CATALOG_44",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::Kinesis::Stream",),
            guideline=f"Set stream.retention_hours to {HOURS} or more, and to more than "
            "processor.maximum_record_age_seconds.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Compare the retention, 24 hours by default, with the age limit of the mappings.

        https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
        """
        kept = resource.properties.get("RetentionPeriodHours", 24)
        ages = [
            number(each.properties.get("MaximumRecordAgeInSeconds"))
            for each in resources.values()
            if each.type == "AWS::Lambda::EventSourceMapping"
            and resource.logical_id in references(each.properties.get("EventSourceArn"))
        ]
        # An unlimited age ends with the retention; another policy reports it.
        longest = max((age for age in ages if age is not None), default=0)
        if not at_least(kept, max(HOURS, longest // 3600 + 1)):
            yield "Properties/RetentionPeriodHours"


check = StreamOutlivesAnOutage()
