"""Policy: a stream's function gets every record, and again after a failure."""

from __future__ import annotations

from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at_least

# A failover of the database takes minutes; a restart by hand takes an hour.
SECONDS = 3600
ATTEMPTS = 2


class StreamMappingOutlastsAnOutage(TemplateCheck):
    """Fail when records are filtered out, or discarded after a short time or a single retry.

    How long the retries last can't be checked. AWS documents no pause between them, and an attempt
    takes milliseconds if the database refuses connections. So a batch can become a dead letter
    during an outage; it then waits for its replay with all its records.
    """

    def __init__(self) -> None:
        super().__init__(
            name="A stream mapping filters nothing, retries more than once and discards no record "
            "for its age within an hour",
            id="CKV_CATALOG_57",
            categories=(CheckCategories.BACKUP_AND_RECOVERY,),
            supported_resources=("AWS::Lambda::EventSourceMapping",),
            guideline=f"Set processor.maximum_record_age_seconds to {SECONDS} or more and "
            f"processor.retry_attempts to {ATTEMPTS} or more, and remove FilterCriteria: Lambda "
            "drops what doesn't match, without a dead letter.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check a mapping of a stream: only those have a starting position.

        Another policy reports retries without a bound (-1).

        https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
        """
        properties = resource.properties
        if "StartingPosition" not in properties:
            return
        if properties.get("FilterCriteria"):
            yield "Properties/FilterCriteria"
        for name, minimum in (
            ("MaximumRecordAgeInSeconds", SECONDS),
            ("MaximumRetryAttempts", ATTEMPTS),
        ):
            value = properties.get(name)
            unbounded = value is None or value in (-1, "-1")
            if not unbounded and not at_least(value, minimum):
                yield f"Properties/{name}"


check = StreamMappingOutlastsAnOutage()
