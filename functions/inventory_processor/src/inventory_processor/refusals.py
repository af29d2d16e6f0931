"""Why an event is refused: stable reasons to count and to replay by."""

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

# As docs/events.md has them.
EXPLANATIONS: Final[dict[Reason, str]] = {
    "not-base64": "the stream delivered something that is not base64",
    "broken-aggregate": "it begins as an aggregate, but its digest or its content does not fit",
    "broken-gzip": "it begins as gzip, but is damaged, cut off, or followed by something",
    "too-large": f"the JSON of one event has, or would unpack to, more than"
    f" {LARGEST_PAYLOAD_BYTES:,} bytes; or all events of one record together have more than"
    f" {LIMIT.bytes:,} bytes, are more than {LIMIT.parts:,}, or have more than"
    f" {LIMIT.attributes:,} attributes: then the record is refused as a whole",
    "not-json": "it is not one JSON document in UTF-8: for example NaN, a lone surrogate, a byte"
    f" order mark, or more than {MOST_LEVELS} levels of arrays and objects",
    "unknown-version": "`version` is missing or not the number 1",
    "unknown-type": "`type` is missing or not known in that version",
    "invalid-field": "a field is missing, has another type, or is out of its range; or the"
    " document is no object",
    "implausible-time": "`occurred_at` is before 1970, or more than 24 hours after the record's"
    " arrival: it would shut out all that follow",
    "refused-by-database": "PostgreSQL refuses the values of this event (SQLSTATE class 22 or 23);"
    " the detail has the SQLSTATE",
    "unexpected-error": "the processor has a bug that only this event, or this record, meets; the"
    " detail names the exception",
}


class PayloadError(ValueError):
    """The payload holds no event that could be read; `reason` is stable, the text for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
