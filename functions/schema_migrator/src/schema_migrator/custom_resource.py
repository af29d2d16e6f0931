"""The protocol of CloudFormation custom resources: each request gets exactly one response.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Literal
from urllib.error import HTTPError

from catalog_runtime.deadline import LateError, within
from catalog_runtime.logs import LOGGER

PHYSICAL_ID = "catalog-schema"
# CloudFormation refuses responses of more than 4096 bytes.
LONGEST_REASON_BYTES = 1500
# Each attempt, however slowly bytes arrive. All attempts, and the timer that starts them 5 s late,
# fit into the 20 s that the handler reserves.
ANSWER_SECONDS = 4.5
ANSWER_ATTEMPTS = 3

KINDS = ("Create", "Update", "Delete")
IDENTITY = ("StackId", "RequestId", "LogicalResourceId")
Status = Literal["SUCCESS", "FAILED"]


class AnswerError(Exception):
    """The response could not be sent to CloudFormation; Lambda invokes the function again."""


class InvalidEventError(Exception):
    """An event has no valid ResponseURL, so that it cannot come from CloudFormation."""


@dataclass(frozen=True, slots=True)
class CustomResourceRequest:
    """A request of CloudFormation; `problem` is why it is invalid, empty when it is valid."""

    kind: str
    response_url: str = field(repr=False)
    identity: dict[str, Any]
    problem: str = ""

    @classmethod
    def read(cls, event: object) -> CustomResourceRequest:
        """Parse an event; an invalid one that has a ResponseURL becomes a request with a `problem`.

        Raises `InvalidEventError`.
        """
        fields = event if isinstance(event, dict) else {}
        url = fields.get("ResponseURL")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise InvalidEventError("not a request of CloudFormation: ResponseURL is not a URL")
        # CloudFormation compares them with its request.
        identity = {key: fields.get(key, "") for key in IDENTITY}
        problems = [
            f"{key} is missing"
            for key, value in identity.items()
            if not (isinstance(value, str) and value)
        ]
        kind = fields.get("RequestType")
        if kind not in KINDS:
            problems.append(f"RequestType is not one of {', '.join(KINDS)}")
        return cls(str(kind), url, identity, "; ".join(problems))


class Answer:
    """The response to a request; a second one is ignored."""

    def __init__(self, request: CustomResourceRequest) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._given = False

    def give(self, status: Status, reason: str, data: dict[str, str] | None = None) -> None:
        """Send the response to CloudFormation. Raises `AnswerError`."""
        with self._lock:
            if self._given:
                return
            body = {
                "Status": status,
                "Reason": _shortened(reason),
                "PhysicalResourceId": PHYSICAL_ID,
                "Data": data or {},
                **self._request.identity,
            }
            _put(self._request.response_url, _encoded(body))
            self._given = True
        LOGGER.info("answered", extra={"facts": {"status": status, "reason": reason}})


def _encoded(body: dict[str, Any]) -> bytes:
    # A lone surrogate, which UTF-8 cannot encode, becomes a question mark.
    return json.dumps(body, ensure_ascii=False).encode(errors="replace")


def _shortened(reason: str) -> str:
    return reason.encode(errors="replace")[:LONGEST_REASON_BYTES].decode(errors="ignore")


def _put(url: str, body: bytes) -> None:
    # An empty content type is part of the signature of the pre-signed URL.
    try:
        request = urllib.request.Request(  # noqa: S310 - `CustomResourceRequest.read` admits HTTP alone
            url, data=body, method="PUT", headers={"Content-Type": ""}
        )
    except ValueError as error:
        raise AnswerError(f"the response could not be sent: {error}") from error
    for attempt in range(1, ANSWER_ATTEMPTS + 1):
        try:
            within(ANSWER_SECONDS, lambda: _send(request))
            return
        except (OSError, ValueError, HTTPException, LateError) as error:
            if attempt == ANSWER_ATTEMPTS:
                raise AnswerError(f"the response could not be sent: {error}") from error
            time.sleep(0.2 * attempt)


def _send(request: urllib.request.Request) -> None:
    try:
        urllib.request.urlopen(request, timeout=ANSWER_SECONDS).close()  # noqa: S310
    except HTTPError as error:
        error.close()
        raise
