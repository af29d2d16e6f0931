"""Patch the emulator's event source mappings of streams: defaults, validation, start time.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

import contextvars
from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.event_source import stream as streams
from embedded_aws.emulator.event_source.loop import EventSources
from embedded_aws.emulator.event_source.validation import with_defaults
from embedded_aws.emulator.handlers import Created, Properties
from embedded_aws.emulator.request_validation import mappings, rules
from embedded_aws.emulator.template_checks import converted

TYPE = "AWS::Lambda::EventSourceMapping"
# A setting that the emulator ignores at creation.
START_TIMESTAMP = "StartingPositionTimestamp"

_start_timestamp: contextvars.ContextVar[float | None] = contextvars.ContextVar(
    "timestamp", default=None
)


def install(sources: EventSources) -> None:
    """Replace the emulator's poller, and wrap the creation of mappings."""
    original_initialise = lambda_svc._init_stream_position
    original_create = lambda_svc._create_esm

    def initialise(esm_id: str, source_arn: str, starting: str) -> None:
        if not of_a_stream({"EventSourceArn": source_arn}):
            original_initialise(esm_id, source_arn, starting)
            return
        scope = (responses.get_account_id(), responses.get_region(), esm_id)
        sources.add_mapping(scope, source_arn, starting, _start_timestamp.get())

    def create(data: dict[str, Any]) -> Any:
        if not of_a_stream(data):
            return original_create(data)
        settings = with_defaults(data)
        token = _start_timestamp.set(_timestamp_of(settings))
        try:
            return original_create(settings)
        finally:
            _start_timestamp.reset(token)

    lambda_svc._poll_kinesis = lambda: False
    lambda_svc._init_stream_position = initialise
    lambda_svc._create_esm = create
    _wrap_template_handler()


def of_a_stream(settings: Mapping[str, Any]) -> bool:
    """Return whether the mapping reads from Kinesis."""
    return ":kinesis:" in settings.get("EventSourceArn", "")


def _wrap_template_handler() -> None:
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    original_create = handler["create"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        given = converted("lambda", "CreateEventSourceMapping", properties)
        rules.raise_refusal("lambda", mappings.of_template(given))
        if not of_a_stream(properties):
            return original_create(logical, properties, stack)  # type: ignore[no-any-return]
        settings = with_defaults(properties)
        found = _missing(settings)
        if found:
            raise ValueError("; ".join(found))
        token = _start_timestamp.set(_timestamp_of(settings))
        try:
            return original_create(logical, settings, stack)  # type: ignore[no-any-return]
        finally:
            _start_timestamp.reset(token)

    original_update = handler["update"]

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        given = converted("lambda", "CreateEventSourceMapping", new)
        refusal = mappings.setting_refusal(new.get("EventSourceArn", ""), given)
        rules.raise_refusal("lambda", refusal)
        return original_update(physical, old, new, *rest)  # type: ignore[no-any-return]

    handler["create"] = create
    handler["update"] = update
    # The emulator's update calls this one when it replaces a mapping.
    provisioners._lambda_esm_create = create


def _missing(settings: Mapping[str, Any]) -> list[str]:
    """Return a message per missing stream or function: AWS refuses these, the emulator does not."""
    found = []
    if streams.find(settings["EventSourceArn"]) is None:
        found.append(f"Stream not found: {settings['EventSourceArn']}")
    if provisioners._lambda_function_for_cfn_ref(settings["FunctionName"])[0] is None:
        found.append(f"Function not found: {settings['FunctionName']}")
    return found


def _timestamp_of(settings: Mapping[str, Any]) -> float | None:
    value = settings.get(START_TIMESTAMP)
    return None if value is None else float(value)
