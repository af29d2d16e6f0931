"""Rules of event source mappings that Lambda's service model does not contain.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import lambda_svc, s3, sns, sqs

from embedded_aws.emulator.event_source import stream as streams
from embedded_aws.emulator.event_source.validation import problems, with_defaults
from embedded_aws.emulator.request_validation.errors import Refusal

Settings = Mapping[str, Any]

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
MAXIMUM_FILTERS = 5
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
FIFO_BATCH_SIZE = UNWINDOWED_BATCH_SIZE = 10
OF_STREAMS_ONLY = (
    "StartingPosition",
    "StartingPositionTimestamp",
    "ParallelizationFactor",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "MaximumRecordAgeInSeconds",
    "TumblingWindowInSeconds",
)


def create(settings: Settings) -> Refusal | None:
    """Return why AWS refuses CreateEventSourceMapping, or None."""
    arn = settings.get("EventSourceArn", "")
    name, _qualifier, error = lambda_svc._resolve_existing_esm_function(settings["FunctionName"])
    _spec, unsupported = lambda_svc._validate_event_source_arn(arn)
    if error or unsupported:
        # The emulator refuses these before it changes anything.
        return None
    return (
        setting_refusal(arn, settings)
        or _source_refusal(arn)
        or destination(settings)
        or conflict(arn, settings["FunctionName"], name)
    )


def update(settings: Settings) -> Refusal | None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    mapping = lambda_svc._esms.get(settings["UUID"])
    if mapping is None:
        return None
    arn = mapping["EventSourceArn"]
    # The position is fixed at creation, and the emulator does not keep its timestamp.
    merged = {**mapping, **settings, "StartingPosition": "LATEST"}
    refusal = setting_refusal(arn, merged, given=settings) or destination(settings)
    if refusal or "FunctionName" not in settings:
        return refusal
    function = settings["FunctionName"]
    name, _qualifier, error = lambda_svc._resolve_existing_esm_function(function)
    if error:
        status, _headers, body = error
        found = json.loads(body)
        return Refusal(found["__type"], found.get("Message") or found.get("message", ""), status)
    return conflict(arn, function, name, besides=settings["UUID"])


def conflict(arn: str, function: str, name: str, besides: str = "") -> Refusal | None:
    """Return a refusal if the function and source have a mapping already.

    A version or an alias is a target of its own.
    """
    _name, qualifier, _error = lambda_svc._resolve_existing_esm_function(function)
    for found in lambda_svc._esms.values():
        same = (found["EventSourceArn"], found["FunctionName"], found.get("Qualifier"))
        if same == (arn, name, qualifier) and found["UUID"] != besides:
            kind = (
                f'An event source mapping with SQS arn (" {arn} ") and function (" {name} ")'
                if ":sqs:" in arn
                else f'The event source arn (" {arn} ") and function (" {name} ") provided mapping'
            )
            return Refusal(
                "ResourceConflictException",
                f"{kind} already exists. Please update or delete the existing mapping with UUID"
                f" {found['UUID']}",
                409,
            )
    return None


def of_template(settings: Settings) -> Refusal | None:
    """Return why AWS refuses a new mapping of a template, or None."""
    arn, function = settings.get("EventSourceArn", ""), settings.get("FunctionName", "")
    name, _qualifier, error = lambda_svc._resolve_existing_esm_function(function)
    if error:
        return None
    return setting_refusal(arn, settings) or destination(settings) or conflict(arn, function, name)


def destination(settings: Settings) -> Refusal | None:
    """Return a refusal of a failure destination that does not exist.

    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    configured = settings.get("DestinationConfig") or {}
    arn = (configured.get("OnFailure") or {}).get("Destination")
    if not arn or _exists(arn):
        return None
    return _invalid([f"The destination {arn} does not exist."])


def _exists(arn: str) -> bool:
    """Return whether a queue, a topic or a bucket exists; other destinations are not checked."""
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    if service == "sqs":
        queues = sqs._queues.values()
        return any(queue["attributes"].get("QueueArn") == arn for queue in queues)
    if service == "sns":
        return arn in sns._topics
    if service == "s3":
        return s3._bucket_owner_account(arn.rpartition(":")[2]) is not None
    return True


def _source_refusal(arn: str) -> Refusal | None:
    if ":kinesis:" in arn and streams.find(arn) is None:
        return _invalid([f"Stream not found: {arn}"])
    if ":sqs:" in arn and not any(
        queue["attributes"].get("QueueArn") == arn for queue in sqs._queues.values()
    ):
        message = (
            "Error occurred while ReceiveMessage. SQS Error Code:"
            " AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does"
            f" not exist: {arn}"
        )
        return _invalid([message])
    return None


def setting_refusal(arn: str, settings: Settings, given: Settings | None = None) -> Refusal | None:
    """Check all settings of a mapping; `given` are those of the request."""
    found = filter_problems(settings)
    if ":sqs:" in arn:
        found += queue_problems(arn, settings, settings if given is None else given)
    elif ":kinesis:" in arn:
        found += problems(with_defaults(settings))
    return _invalid(found) if found else None


def queue_problems(arn: str, settings: Settings, given: Settings) -> list[str]:
    """Return one sentence per setting that AWS refuses for a queue."""
    found = [
        f"Unsupported {name} parameter for given event source mapping type."
        for name in OF_STREAMS_ONLY
        if name in given
    ]
    size = settings.get("BatchSize", 10)
    window = settings.get("MaximumBatchingWindowInSeconds", 0)
    if arn.endswith(".fifo"):
        if size > FIFO_BATCH_SIZE:
            found.append(f"BatchSize {size} must be at most {FIFO_BATCH_SIZE} for FIFO queues.")
        if window:
            found.append("Batching window is not supported for FIFO queues.")
    elif size > UNWINDOWED_BATCH_SIZE and window < 1:
        found.append(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is"
            f" greater than {UNWINDOWED_BATCH_SIZE}"
        )
    return found


def filter_problems(settings: Settings) -> list[str]:
    """Return one sentence per filter that AWS refuses."""
    filters = (settings.get("FilterCriteria") or {}).get("Filters") or []
    found = []
    if len(filters) > MAXIMUM_FILTERS:
        found.append(f"FilterCriteria has {len(filters)} filters, more than {MAXIMUM_FILTERS}")
    if not all(_is_pattern(each.get("Pattern")) for each in filters):
        found.append("Invalid filter pattern definition.")
    return found


def _is_pattern(text: str | None) -> bool:
    """Return whether a filter's pattern is absent or a JSON object with content."""
    if text is None:
        return True
    try:
        return bool(_leaves_are_lists(json.loads(text)))
    except (ValueError, RecursionError):
        return False


def _leaves_are_lists(value: Any) -> bool:
    if not isinstance(value, dict) or not value:
        return False
    return all(isinstance(each, list) or _leaves_are_lists(each) for each in value.values())


def _invalid(found: list[str]) -> Refusal:
    return Refusal("InvalidParameterValueException", "; ".join(found))
