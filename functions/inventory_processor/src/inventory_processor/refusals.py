"""Reasons for refused events: stable names, used for counts and replays."""

from __future__ import annotations

from typing import Final, Literal

from inventory_processor.budget import LIMIT
from inventory_processor.contract import LARGEST_PAYLOAD_BYTES, MOST_LEVELS

Reason = Literal[
    "not-base64",
    "broken-aggregate",
    "broken-gzip",
    "too-large",
    "not-json",
    "unknown-version",
    "unknown-type",
    "invalid-field",
    "implausible-time",
    "refused-by-database",
    "unexpected-error",
]

# The explanations in docs/events.md.
EXPLANATIONS: Final[dict[Reason, str]] = {
    "not-base64": "the payload that the stream delivered is not base64",
    "broken-aggregate": "it starts as an aggregate, but its digest or its content is wrong",
    "broken-gzip": "it starts as gzip, but is damaged, truncated, or followed by other bytes",
    "too-large": f"the JSON of one event has, or would unpack to, more than"
    f" {LARGEST_PAYLOAD_BYTES:,} bytes; or all events of one record together have more than"
    f" {LIMIT.bytes:,} bytes, are more than {LIMIT.parts:,}, or have more than"
    f" {LIMIT.attributes:,} attributes: then the record is refused as a whole",
    "not-json": "it is not one JSON document in UTF-8: for example NaN, a lone surrogate, a byte"
    f" order mark, or more than {MOST_LEVELS} levels of arrays and objects",
    "unknown-version": "`version` is missing or not the number 1",
    "unknown-type": "`type` is missing or unknown in this version",
    "invalid-field": "a field is missing, has a wrong type, or is out of range; or the document is"
    " not an object",
    "implausible-time": "`occurred_at` is before 1970, or more than 24 hours after the record's"
    " arrival: no later event could replace it",
    "refused-by-database": "PostgreSQL refuses the values of this event (SQLSTATE class 22 or 23);"
    " the detail has the SQLSTATE",
    "unexpected-error": "this event or record triggers a bug in the processor; the detail names the"
    " exception",
}


class PayloadError(ValueError):
    """A payload is not a valid event; `reason` is stable, the message is for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
