"""The protocol of CloudFormation custom resources: every request is answered exactly once.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Literal

from catalog_runtime.logs import LOGGER

PHYSICAL_ID = "catalog-schema"
# CloudFormation refuses answers of more than 4096 bytes.
LONGEST_REASON_BYTES = 1500
ANSWER_SECONDS = 5.0
ANSWER_ATTEMPTS = 3

Status = Literal["SUCCESS", "FAILED"]


class AnswerError(Exception):
    """CloudFormation could not be told the outcome; Lambda will invoke the function again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What CloudFormation asks for."""

    kind: str
    response_url: str = field(repr=False)
    identity: dict[str, str]

    @classmethod
    def read(cls, event: dict[str, Any]) -> Request:
        """Raises `KeyError` when the event is not a custom resource request."""
        identity = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
        return cls(event["RequestType"], event["ResponseURL"], identity)


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
            _put(self._request.response_url, json.dumps(body, ensure_ascii=False).encode())
            self._given = True
        LOGGER.info("answered", extra={"facts": {"status": status, "reason": reason}})


def _shortened(reason: str) -> str:
    return reason.encode(errors="replace")[:LONGEST_REASON_BYTES].decode(errors="ignore")


def _put(url: str, body: bytes) -> None:
    # An empty content type is part of the signature of the pre-signed address.
    request = urllib.request.Request(  # noqa: S310 - the address is CloudFormation's
        url, data=body, method="PUT", headers={"Content-Type": ""}
    )
    for attempt in range(1, ANSWER_ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310
                return
        except (urllib.error.URLError, OSError) as error:
            if attempt == ANSWER_ATTEMPTS:
                raise AnswerError(f"no answer could be given: {error}") from error
            time.sleep(0.2 * attempt)
