"""Which resources hold data, or decide about the life of those that do."""

from __future__ import annotations

from support.synthesis import Template

# A subnet group of another name replaces the store that lives in it.
STATEFUL = {
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSubnetGroup",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
}


def stateful_logical_ids(template: Template) -> list[tuple[str, str, str]]:
    """Construct path, type and logical id of every store, sorted by path."""
    return sorted(
        (path, template.resources[logical_id]["Type"], logical_id)
        for path, logical_id in template.logical_ids.items()
        if template.resources.get(logical_id, {}).get("Type") in STATEFUL
    )
