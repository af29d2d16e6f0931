"""A stub of S3 and Secrets Manager that gives every request the same response.

`stub.py DELAY_MS SECRET` prints its port as the first line. Responses to PUT requests are delayed;
the delay uses no processor time and concurrent requests wait at the same time.
"""

from __future__ import annotations

import asyncio
import json
import sys

PUT = b'HTTP/1.1 200 OK\r\nETag: "0"\r\nContent-Length: 0\r\n\r\n'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def serve(delay: float, secret: str) -> None:
    """Serve until the program is terminated."""
    body = json.dumps({"SecretString": secret}).encode()
    secret_response = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    secret_response += f"Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            fields = head.lower().split(b"\r\n")
            length = next(
                (int(field[15:]) for field in fields if field.startswith(b"content-length:")), 0
            )
            if b"expect: 100-continue" in fields:
                writer.write(CONTINUE)
            await reader.readexactly(length)
            if head.startswith(b"PUT"):
                if delay:
                    await asyncio.sleep(delay)
                writer.write(PUT)
            else:
                writer.write(secret_response)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000, sys.argv[2]))
