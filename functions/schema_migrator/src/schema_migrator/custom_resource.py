"""The protocol of CloudFormation custom resources: every request is answered exactly once.

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

from catalog_runtime.logs import LOGGER

PHYSICAL_ID = "catalog-schema"
# CloudFormation refuses answers of more than 4096 bytes.
LONGEST_REASON_BYTES = 1500
ANSWER_SECONDS = 5.0
ANSWER_ATTEMPTS = 3

KINDS = ("Create", "Update", "Delete")
IDENTITY = ("StackId", "RequestId", "LogicalResourceId")
Status = Literal["SUCCESS", "FAILED"]


class AnswerError(Exception):
    """CloudFormation could not be told the outcome; Lambda will invoke the function again."""


class RequestError(Exception):
    """An event has no address to answer to, so that it cannot come from CloudFormation."""


@dataclass(frozen=True, slots=True)
class Request:
    """What CloudFormation asks for; `problem` says why it cannot be done, empty when it can."""

    kind: str
    response_url: str = field(repr=False)
    identity: dict[str, Any]
    problem: str = ""

    @classmethod
    def read(cls, event: object) -> Request:
        """Whatever can be answered is a request, if need be one with a `problem`.

        Raises `RequestError`.
        """
        fields = event if isinstance(event, dict) else {}
        url = fields.get("ResponseURL")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise RequestError("no request of CloudFormation: ResponseURL is not an address")
        # CloudFormation compares them with what it has sent.
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
    """The one answer to a request; whoever comes second is ignored."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._given = False

    def give(self, status: Status, reason: str, data: dict[str, str] | None = None) -> None:
        """Tell CloudFormation the outcome. Raises `AnswerError`."""
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
    # Half a character, which JSON can express and UTF-8 cannot, becomes a question mark.
    return json.dumps(body, ensure_ascii=False).encode(errors="replace")


def _shortened(reason: str) -> str:
    return reason.encode(errors="replace")[:LONGEST_REASON_BYTES].decode(errors="ignore")


def _put(url: str, body: bytes) -> None:
    # An empty content type is part of the signature of the pre-signed address.
    try:
        request = urllib.request.Request(  # noqa: S310 - `Request.read` admits HTTP alone
            url, data=body, method="PUT", headers={"Content-Type": ""}
        )
    except ValueError as error:
        raise AnswerError(f"no answer could be given: {error}") from error
    for attempt in range(1, ANSWER_ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310
                return
        except (OSError, ValueError, HTTPException) as error:
            if attempt == ANSWER_ATTEMPTS:
                raise AnswerError(f"no answer could be given: {error}") from error
            time.sleep(0.2 * attempt)
