"""The entry point of AWS Lambda."""

from __future__ import annotations

from typing import Any

from inventory_processor import kinesis, wiring


def handle(event: object, context: object) -> dict[str, Any]:
    """Process one batch of Kinesis records; the answer names the record to resume from, if any.

    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    """
    batch = kinesis.read(event)
    resume_from = wiring.processor().process(batch)
    failures = [] if resume_from is None else [{"itemIdentifier": resume_from}]
    return {"batchItemFailures": failures}
