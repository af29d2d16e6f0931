"""Check the host, origin and session token of every request."""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions, router

from embedded_aws.emulator import public_paths, request_origin
from embedded_aws.emulator.request_origin import Headers, values
from embedded_aws.emulator.settings import own_port

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Response = tuple[int, dict[str, str], bytes]

TOKEN = "x-amz-security-token"  # noqa: S105 - a header's name
# Bytes read from a refused request, so that the client can read the response.
DRAINED_BYTES = 8 * 1024 * 1024

ACCESS_DENIED = "AccessDenied"
# `access_denied_response` maps this to the code and status of each service.
WRONG_TOKEN = "InvalidToken"  # noqa: S105 - an error code
WRONG_TOKEN_MESSAGE = (
    "The security token included in the request is invalid."  # noqa: S105 - a message
    " `catalogctl local status` shows the current one."
)
# Of WebSocket: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
POLICY_VIOLATION = 1008


def install(token: str) -> None:
    """Wrap the application that ministack serves."""
    app.app = RequestGuard(app.app, token)


class RequestGuard:
    """An ASGI application that forwards allowed requests and refuses all others."""

    def __init__(self, application: Application, token: str) -> None:
        self._application = application
        self._token = token.encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one ASGI request."""
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            (host,) = values(scope["headers"], "host")
            if request_origin.names_function(host):
                scope = public_paths.by_path(scope, host)
            await self._application(scope, receive, _without_cors(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await _drain(receive)
            await _answer(scope, send, *refusal)

    def _refusal(self, scope: Message) -> tuple[str, str] | None:
        """Return the error code and message, or None for an allowed request."""
        headers: Headers = scope["headers"]
        reason = request_origin.refusal(headers, own_port())
        if reason is not None:
            return ACCESS_DENIED, reason
        if self._is_authentic(headers, scope.get("query_string", b"")):
            return None
        (host,) = values(headers, "host")
        if scope["type"] == "http" and public_paths.needs_no_token(
            scope["method"], host, scope["path"]
        ):
            return None
        return WRONG_TOKEN, WRONG_TOKEN_MESSAGE

    def _is_authentic(self, headers: Headers, query: bytes) -> bool:
        """Return whether the header or the pre-signed URL contains the token."""
        given = values(headers, TOKEN)
        for name, found in parse_qs(query.decode("latin-1")).items():
            if name.lower() == TOKEN:
                given += found
        # Compare all of them, in constant time.
        equal = [hmac.compare_digest(each.encode(), self._token) for each in given]
        return bool(equal) and all(equal)


def _without_cors(send: Send) -> Send:
    async def filtered(message: Message) -> None:
        if "headers" in message:
            headers = request_origin.without_cors(message["headers"])
            message = {**message, "headers": headers}
        await send(message)

    return filtered


async def _drain(receive: Receive) -> None:
    left = DRAINED_BYTES
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        left -= len(message.get("body", b""))


async def _answer(scope: Message, send: Send, code: str, message: str) -> None:
    request_id = str(uuid.uuid4())
    status, shown, body = _error(scope, request_id, code, message)
    shown = {**shown, "Content-Length": str(len(body)), "x-amzn-RequestId": request_id}
    if scope["method"] == "HEAD":
        body = b""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in shown.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _error(scope: Message, request_id: str, code: str, message: str) -> Response:
    """Return status, headers and body in the error format of the requested service."""
    headers = {name.decode("latin-1").lower(): v.decode("latin-1") for name, v in scope["headers"]}
    if public_paths.is_function_url(headers.get("host", ""), scope["path"]):
        # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        return 403, {"Content-Type": "application/json"}, json.dumps({"Message": message}).encode()
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    if code == WRONG_TOKEN and not router.extract_access_key_id(headers, query):
        code = ACCESS_DENIED
    service = router.detect_service(scope["method"], scope["path"], headers, query)
    found: Response = iam_actions.access_denied_response(
        service, "", "", request_id, error_code=code, message=message, headers=headers
    )
    return found
