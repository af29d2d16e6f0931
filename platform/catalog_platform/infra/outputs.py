"""The CloudFormation outputs of a catalog stack."""

from __future__ import annotations

from catalog_platform.infra.alarms import Alarms
from catalog_platform.infra.archive import Archive
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.encryption import Encryption
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.reader import Reader
from catalog_platform.infra.replayer import Replayer
from catalog_platform.infra.stream import Stream


def outputs(
    *,
    encryption: Encryption,
    stream: Stream,
    database: Database,
    cache: Cache,
    archive: Archive,
    dead_letters: DeadLetters,
    processor: Processor,
    alarms: Alarms,
    replayer: Replayer | None,
    reader: Reader | None,
) -> dict[str, str]:
    """Return the stack's outputs by name, without those of disabled functions."""
    found = {
        "StreamName": stream.stream.stream_name,
        "StreamArn": stream.stream.stream_arn,
        "DatabaseEndpoint": database.instance.db_instance_endpoint_address,
        "DatabaseReaderEndpoints": database.reader_endpoints,
        "DatabasePort": database.instance.db_instance_endpoint_port,
        "DatabaseName": database.name,
        "DatabaseSecretArn": database.secret.secret_arn,
        "CacheEndpoint": cache.host,
        "CacheReaderEndpoint": cache.reader_endpoint,
        "CachePort": cache.port,
        "ArchiveBucketName": archive.bucket.bucket_name,
        "ProcessorFunctionName": processor.function.function_name,
        "DeadLetterQueueUrl": dead_letters.queue.queue_url,
        "DeadLetterBucketName": dead_letters.bucket.bucket_name,
        "AlarmTopicArn": alarms.topics["critical"].topic_arn,
        "WarningTopicArn": alarms.topics["warning"].topic_arn,
        "KeyArn": encryption.key.key_arn,
    }
    if replayer is not None:
        found["ReplayerFunctionName"] = replayer.function.function_name
    if reader is not None:
        found["ReaderFunctionName"] = reader.function.function_name
        if reader.url is not None:
            found["ReaderUrl"] = reader.url.url
    return found
