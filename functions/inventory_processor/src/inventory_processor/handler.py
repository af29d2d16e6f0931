"""Entry point of the Lambda function."""

from __future__ import annotations

from typing import Any

from catalog_runtime.invocation import Context
from inventory_processor import kinesis, wiring


def handle(event: object, context: Context) -> dict[str, Any]:
    """Process one batch of Kinesis records; the response names the record to resume from, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    """
    batch = kinesis.read(event)
    resume_from = wiring.processor().process(
        batch, lambda: context.get_remaining_time_in_millis() / 1000
    )
    failures = [] if resume_from is None else [{"itemIdentifier": resume_from}]
    return {"batchItemFailures": failures}
