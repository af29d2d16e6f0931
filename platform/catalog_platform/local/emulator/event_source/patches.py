"""Event source mappings of streams: AWS's defaults and bounds, and the time to start at.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

import contextvars
from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from catalog_platform.local.emulator.event_source import stream as streams
from catalog_platform.local.emulator.event_source.loop import EventSources
from catalog_platform.local.emulator.event_source.validation import problems
from catalog_platform.local.emulator.handlers import Created, Properties

TYPE = "AWS::Lambda::EventSourceMapping"
DEFAULT_BATCH_SIZE = 100
# A setting that the emulator knows how to change, but drops at creation.
TIME = "StartingPositionTimestamp"

_moment: contextvars.ContextVar[float | None] = contextvars.ContextVar("moment", default=None)


def install(sources: EventSources) -> None:
    """Replace the emulator's poller, and stand before its ways to create and update a mapping."""
    stock_anchor = lambda_svc._init_stream_position
    stock_create, stock_update = lambda_svc._create_esm, lambda_svc._update_esm

    def anchor(esm_id: str, source_arn: str, starting: str) -> None:
        if not of_a_stream({"EventSourceArn": source_arn}):
            stock_anchor(esm_id, source_arn, starting)
            return
        scope = (responses.get_account_id(), responses.get_region(), esm_id)
        sources.anchor(scope, source_arn, starting, _moment.get())

    def create(data: dict[str, Any]) -> Any:
        if not of_a_stream(data):
            return stock_create(data)
        settings = with_defaults(data)
        found = problems(settings)
        if found:
            return _refused(found)
        token = _moment.set(_seconds(settings))
        try:
            return stock_create(settings)
        finally:
            _moment.reset(token)

    def update(esm_id: str, data: dict[str, Any]) -> Any:
        mapping = lambda_svc._esms.get(esm_id) or {}
        found = problems({**mapping, **data}) if of_a_stream(mapping) else []
        return _refused(found) if found else stock_update(esm_id, data)

    lambda_svc._poll_kinesis = lambda: False
    lambda_svc._init_stream_position = anchor
    lambda_svc._create_esm = create
    lambda_svc._update_esm = update
    _wrap_template_handler()


def of_a_stream(settings: Mapping[str, Any]) -> bool:
    """Whether the mapping reads from Kinesis."""
    return ":kinesis:" in settings.get("EventSourceArn", "")


def with_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with the batch size of streams, which is not that of queues."""
    return {"BatchSize": DEFAULT_BATCH_SIZE, **settings}


def _wrap_template_handler() -> None:
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    stock_create = handler["create"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        if not of_a_stream(properties):
            return stock_create(logical, properties, stack)  # type: ignore[no-any-return]
        settings = with_defaults(properties)
        found = problems(settings) + _missing(settings)
        if found:
            raise ValueError("; ".join(found))
        token = _moment.set(_seconds(settings))
        try:
            return stock_create(logical, settings, stack)  # type: ignore[no-any-return]
        finally:
            _moment.reset(token)

    handler["create"] = create
    # The emulator's update calls this one when it replaces a mapping.
    provisioners._lambda_esm_create = create


def _missing(settings: Mapping[str, Any]) -> list[str]:
    """What the mapping refers to and does not exist: AWS refuses, the emulator does not."""
    found = []
    if streams.find(settings["EventSourceArn"]) is None:
        found.append(f"Stream not found: {settings['EventSourceArn']}")
    if provisioners._lambda_function_for_cfn_ref(settings["FunctionName"])[0] is None:
        found.append(f"Function not found: {settings['FunctionName']}")
    return found


def _seconds(settings: Mapping[str, Any]) -> float | None:
    value = settings.get(TIME)
    return None if value is None else float(value)


def _refused(found: list[str]) -> Any:
    return responses.error_response_json("InvalidParameterValueException", "; ".join(found), 400)
