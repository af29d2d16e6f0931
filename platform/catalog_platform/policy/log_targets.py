"""Find the buckets to which AWS services deliver logs."""

from __future__ import annotations

from collections.abc import Mapping

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_values import references

# The property that names the bucket.
_TARGETS = {
    "AWS::CloudTrail::Trail": "S3BucketName",
    "AWS::EC2::FlowLog": "LogDestination",
    "AWS::S3::Bucket": "LoggingConfiguration",
}


def receives_logs(bucket: Resource, resources: Mapping[str, Resource]) -> bool:
    """Return whether a trail, a flow log or the access log of a bucket goes to the bucket."""
    return any(
        bucket.logical_id in references(each.properties.get(_TARGETS[each.type]))
        for each in resources.values()
        if each.type in _TARGETS
    )
