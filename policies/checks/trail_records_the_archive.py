"""Policy: the trail records every access to the archive, and it is seen when it is switched off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, can_be_absent, items
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck

TRAIL = "AWS::CloudTrail::Trail"
BUCKET = "AWS::S3::Bucket"
ARCHIVE = "archive"
OBJECTS = "AWS::S3::Object"
EVERY_OBJECT = ("arn:aws:s3", "arn:aws:s3:::")


class TrailRecordsTheArchive(TemplateCheck):
    """Fail for a trail that is off, is not sent to logs, or leaves events out."""

    def __init__(self) -> None:
        super().__init__(
            name="A trail is on, is sent to CloudWatch Logs, and records every use of the archive",
            id="CKV_CATALOG_25",
            categories=(CheckCategories.LOGGING,),
            supported_resources=(TRAIL, BUCKET),
            guideline="Set IsLogging, a log group with its role, a bucket of the stack, and "
            "selectors of all data events of the archive. Leave no event source out.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the properties of a trail that lose events, or an archive without a trail.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html
        """
        properties, stack = resource.properties, ScannedStack(resource, resources)
        if resource.type == BUCKET:
            is_archive = resource.section == ARCHIVE and stack.is_environment
            if is_archive and not any(stack.of_type(TRAIL)):
                yield "Trail"
            return
        if not always(properties.get("IsLogging"), True):
            yield "Properties/IsLogging"
        if not always(properties.get("EnableLogFileValidation"), True):
            yield "Properties/EnableLogFileValidation"
        if not stack.is_environment:
            return
        targets = ["S3BucketName"]
        if not always(properties.get("IsMultiRegionTrail", False), False):
            # Alarms evaluate management events in the log group.
            targets += ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"]
        for name in targets:
            if can_be_absent(properties.get(name)) or not stack.referenced(properties.get(name)):
                yield f"Properties/{name}"
        target = stack.referenced(properties.get("S3BucketName"))
        if any(stack.resources[each].section == ARCHIVE for each in target):
            # Each delivery would be an event that is delivered.
            yield "Properties/S3BucketName"
        yield from _selectors(properties, stack)


def _selectors(properties: Mapping[str, Any], stack: ScannedStack) -> Iterator[str]:
    """Yield selectors that leave events out, and their property if none records the archive.

    Advanced selectors are not read: this platform has none.
    """
    path = "Properties/EventSelectors"
    selectors = list(items(properties.get("EventSelectors"), path))
    for where, selector in selectors:
        if selector.get("ExcludeManagementEventSources"):
            yield f"{where}/ExcludeManagementEventSources"
        if not always(selector.get("ReadWriteType", "All"), "All"):
            yield f"{where}/ReadWriteType"
    if not any(_records_objects(selector, stack) for _, selector in selectors):
        yield path
    # A trail of all regions is there for management events; without them it records nothing there.
    management = [each.get("IncludeManagementEvents", True) for _, each in selectors]
    if not always(properties.get("IsMultiRegionTrail", False), False):
        if not any(always(each, True) for each in management):
            yield path
        if not always(properties.get("IncludeGlobalServiceEvents", True), True):
            yield "Properties/IncludeGlobalServiceEvents"
    elif any(not always(each, False) for each in management):
        yield "Properties/IsMultiRegionTrail"


def _records_objects(selector: Mapping[str, Any], stack: ScannedStack) -> bool:
    """Return whether a selector records all objects of the archive, or of another whole bucket."""
    archives = {each.logical_id for each in stack.of_type(BUCKET) if each.section == ARCHIVE}
    wanted = {f"${{{each}.Arn}}/" for each in archives}
    values = {
        text
        for _, resource in items(selector.get("DataResources"), "")
        if always(resource.get("Type"), OBJECTS)
        for _, value in items(resource.get("Values"), "")
        for text in stack.texts(value)
    }
    return bool(values & set(EVERY_OBJECT)) or bool(values and wanted <= values)


check = TrailRecordsTheArchive()
