"""A change that cannot be stored is not acknowledged: its request fails, and its client repeats it.

The emulator says that an object or a change is there as soon as it is in memory. On a full disk, a
kill would then take back what somebody relies on.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import s3

Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Answer]]

MESSAGE = "what was changed could not be stored: the disk is full, or not writable"

_failed_writes: ContextVar[list[OSError] | None] = ContextVar("failed_writes", default=None)


def refusal(service: str, headers: Mapping[str, str]) -> Answer:
    """The error of a service that has failed; AWS clients repeat the request.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
    """
    code = "InternalError" if service == "s3" else "InternalFailure"
    _status, shown, body = iam_actions.access_denied_response(
        service, "", "", str(uuid.uuid4()), error_code=code, message=MESSAGE, headers=dict(headers)
    )
    return 500, shown, body


def install() -> None:
    """Have requests for objects fail when a file of theirs could not be written.

    The emulator logs that and goes on.
    """
    stock_write, stock_handler = s3._atomic_write, app.SERVICE_HANDLERS["s3"]

    def write(path: str, data: bytes, *, text: bool = False) -> None:
        try:
            stock_write(path, data, text=text)
        except OSError as error:
            failed = _failed_writes.get()
            if failed is not None:
                failed.append(error)
            raise

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
    ) -> Answer:
        # The list is shared with threads that work for this request.
        failed: list[OSError] = []
        before = _failed_writes.set(failed)
        try:
            answer: Answer = await stock_handler(method, path, headers, body, query)
        finally:
            _failed_writes.reset(before)
        return refusal("s3", headers) if failed and answer[0] < 400 else answer

    s3._atomic_write = write
    app.SERVICE_HANDLERS["s3"] = handle
