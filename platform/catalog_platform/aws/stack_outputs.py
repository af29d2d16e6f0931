"""Read the outputs of a deployed stack."""

from __future__ import annotations

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import PlatformError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """The outputs of a catalog stack that the platform uses; None for disabled functions."""

    stream_name: str
    database_endpoint: str
    database_port: int
    database_name: str
    database_secret_arn: str
    cache_endpoint: str
    cache_port: int
    archive_bucket_name: str
    dead_letter_bucket_name: str
    replayer_function_name: str | None = None
    reader_function_name: str | None = None


def read(session: Session, environment: str) -> Outputs:
    """Return the outputs of the environment's stack.

    Raises `PlatformError` if the stack doesn't exist, cannot be read, or isn't a catalog stack.
    """
    stack = stack_name(environment)
    try:
        response = session.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        raise PlatformError(
            f"stack {stack}: {error.response['Error']['Message']}",
            hint=f"deploy it first: catalogctl deploy {environment}",
        ) from error
    except BotoCoreError as error:
        raise PlatformError(f"stack {stack}: {error}") from error
    found = {
        output["OutputKey"]: output["OutputValue"]
        for output in response["Stacks"][0].get("Outputs", [])
    }
    try:
        return Outputs(
            stream_name=found["StreamName"],
            database_endpoint=found["DatabaseEndpoint"],
            database_port=int(found["DatabasePort"]),
            database_name=found["DatabaseName"],
            database_secret_arn=found["DatabaseSecretArn"],
            cache_endpoint=found["CacheEndpoint"],
            cache_port=int(found["CachePort"]),
            archive_bucket_name=found["ArchiveBucketName"],
            dead_letter_bucket_name=found["DeadLetterBucketName"],
            replayer_function_name=found.get("ReplayerFunctionName"),
            reader_function_name=found.get("ReaderFunctionName"),
        )
    except KeyError as error:
        raise PlatformError(
            f"stack {stack} has no output {error}",
            hint="check that it is a catalog stack; deploy it again if it is outdated",
        ) from error
