"""Fail requests whose change cannot be stored, so that clients retry them.

The emulator acknowledges a change as soon as it is in memory. On a full disk, a kill would then
lose an acknowledged change.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from ministack.core import iam_actions
from ministack.services import s3

Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Answer]]

MESSAGE = "the change could not be stored: the disk is full or not writable"

_failed_writes: ContextVar[list[OSError] | None] = ContextVar("failed_writes", default=None)


def refusal(service: str, headers: Mapping[str, str]) -> Answer:
    """Return an internal error of a service, which AWS clients retry.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
    """
    code = "InternalError" if service == "s3" else "InternalFailure"
    _status, shown, body = iam_actions.access_denied_response(
        service, "", "", str(uuid.uuid4()), error_code=code, message=MESSAGE, headers=dict(headers)
    )
    return 500, shown, body


def install() -> None:
    """Fail requests for objects when one of their files cannot be written.

    The emulator only logs the error.
    """
    original_write, original_handler = s3._atomic_write, s3.handle_request

    def write(path: str, data: bytes, *, text: bool = False) -> None:
        try:
            original_write(path, data, text=text)
        except OSError as error:
            failed = _failed_writes.get()
            if failed is not None:
                failed.append(error)
            raise

    async def handle(
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Any,
        **options: Any,
    ) -> Answer:
        # The list is shared with the threads of this request.
        failed: list[OSError] = []
        before = _failed_writes.set(failed)
        try:
            answer: Answer = await original_handler(method, path, headers, body, query, **options)
        finally:
            _failed_writes.reset(before)
        return refusal("s3", headers) if failed and answer[0] < 400 else answer

    s3._atomic_write = write
    # Requests that name a bucket in their host do not pass the table of handlers.
    s3.handle_request = handle
