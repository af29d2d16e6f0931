"""What a catalog tells those who deploy, feed and watch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_platform.infra.catalog_stack import CatalogStack


def of(stack: CatalogStack) -> dict[str, str]:
    """Values by the names of the stack's outputs; those of parts that are not there are missing."""
    outputs = {
        "StreamName": stack.stream.stream.stream_name,
        "StreamArn": stack.stream.stream.stream_arn,
        "DatabaseEndpoint": stack.database.instance.db_instance_endpoint_address,
        "DatabaseReaderEndpoints": stack.database.reader_endpoints,
        "DatabasePort": stack.database.instance.db_instance_endpoint_port,
        "DatabaseName": stack.database.environment["DATABASE_NAME"],
        "DatabaseSecretArn": stack.database.secret.secret_arn,
        "CacheEndpoint": stack.cache.host,
        "CacheReaderEndpoint": stack.cache.reader_endpoint,
        "CachePort": stack.cache.port,
        "ArchiveBucketName": stack.archive.bucket.bucket_name,
        "ProcessorFunctionName": stack.processor.function.function_name,
        "DeadLetterQueueUrl": stack.dead_letters.queue.queue_url,
        "DeadLetterBucketName": stack.dead_letters.bucket.bucket_name,
        "AlarmTopicArn": stack.alarms.topics["critical"].topic_arn,
        "WarningTopicArn": stack.alarms.topics["warning"].topic_arn,
        "KeyArn": stack.encryption.key.key_arn,
    }
    if stack.replayer is not None:
        outputs["ReplayerFunctionName"] = stack.replayer.function.function_name
    if stack.reader is not None:
        outputs["ReaderFunctionName"] = stack.reader.function.function_name
        if stack.reader.url is not None:
            outputs["ReaderUrl"] = stack.reader.url.url
    return outputs
