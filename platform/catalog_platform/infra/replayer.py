"""The failure replayer function, which puts dead letters on the stream again."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.function import Function, FunctionDefaults
from catalog_platform.infra.stream import Stream

# An invocation starts no new object after 15 seconds; the rest is for the current one.
TIMEOUT_SECONDS = 60


class Replayer(Function):
    """A function without a trigger, which people invoke with `catalogctl replay`."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Replayer,
        defaults: FunctionDefaults,
        code: Path,
        stream: Stream,
        dead_letters: DeadLetters,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(
            scope,
            id,
            defaults=defaults,
            description="Puts dead letters of the product catalog on the stream again",
            code=code,
            handler="failure_replayer.handler.handle",
            memory_mb=spec.memory_mb,
            timeout_seconds=TIMEOUT_SECONDS,
            # Concurrent invocations would replay the same dead letters.
            reserved_concurrency=defaults.single_concurrency,
            environment={
                "STREAM_NAME": stream.stream.stream_name,
                "DEAD_LETTER_BUCKET": dead_letters.bucket.bucket_name,
            },
            log_group=log_group,
        )
