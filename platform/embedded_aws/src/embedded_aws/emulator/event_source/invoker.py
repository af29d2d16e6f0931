"""Call functions and failure destinations; both can block."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, lambda_svc

from embedded_aws.emulator.clients import client
from embedded_aws.emulator.event_source import destination as destination
from embedded_aws.emulator.event_source.destination import InvocationContext
from embedded_aws.emulator.event_source.model import Batch, Discard

logger = logging.getLogger("event_source")


def function_of(mapping: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the record and configuration of a mapping's function; None if it is deleted."""
    found, config = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    return None if found is None else (found, config or found["config"])


def invoke(mapping: Mapping[str, Any], account: str, region: str, batch: Batch) -> dict[str, Any]:
    """Call the function and return a result with `throttle`, `error` and `body`."""
    with_scope(account, region)
    found = function_of(mapping)
    if found is None:
        return {"throttle": True}
    record = lambda_svc._execution_record_for_config(*found)
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    cloudwatch.record_metric(
        "AWS/Lambda",
        "IteratorAge",
        1000 * (time.time() - batch.records[-1].arrived),
        "Milliseconds",
        {"FunctionName": found[1]["FunctionName"]},
    )
    result: dict[str, Any] = lambda_svc._execute_function(
        record, {"Records": [entry.event for entry in batch.records]}
    )
    if result.get("error") and not result.get("throttle"):
        logger.warning(
            "%s failed with %d records: %s",
            mapping["FunctionName"],
            len(batch.records),
            json.dumps(result.get("body"), default=str)[:500],
        )
    return result


def report_discarded(
    discarded: Discard, mapping: Mapping[str, Any], account: str, region: str, shard: str
) -> None:
    """Send a discarded batch to the failure destination.

    If that fails, the error is logged and the batch is dropped, as on AWS.
    """
    target = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    logger.warning(
        "%s: discarded %d records: %s",
        mapping["FunctionName"],
        len(discarded.batch.records),
        discarded.condition,
    )
    if not target:
        return
    now = time.time()
    context = InvocationContext(
        mapping=mapping["UUID"],
        function_arn=mapping["FunctionArn"],
        executed_version=mapping.get("Qualifier") or "$LATEST",
        stream_arn=mapping["EventSourceArn"],
        shard=shard,
        request=str(uuid.uuid4()),
    )
    try:
        _deliver(target, discarded, context, now, account, region)
    except Exception:
        logger.exception("cannot send to the failure destination %s", target)


def _deliver(
    target: str,
    discarded: Discard,
    context: InvocationContext,
    now: float,
    account: str,
    region: str,
) -> None:
    service = target.split(":")[2]
    if service == "s3":
        body = json.dumps(destination.record_with_payload(discarded, context, now))
        client("s3", account, region).put_object(
            Bucket=target.split(":")[5],
            Key=destination.object_key(context, now),
            Body=body.encode(),
            ContentType="application/json",
        )
        return
    body = json.dumps(destination.record(discarded, context, now))
    if service == "sqs":
        queues = client("sqs", account, region)
        url = queues.get_queue_url(QueueName=target.split(":")[5])["QueueUrl"]
        queues.send_message(QueueUrl=url, MessageBody=body)
    elif service == "sns":
        client("sns", account, region).publish(TopicArn=target, Message=body)
    else:
        logger.error("%s is not a supported failure destination", target)


def with_scope(account: str, region: str) -> None:
    """Set the account and region of the current thread."""
    responses._request_account_id.set(account)
    responses._request_region.set(region)
