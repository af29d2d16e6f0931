"""S3 and Secrets Manager as far as the handlers need them: every answer is the same.

Run as a program: `stub.py DELAY_MS SECRET`; the first line it prints is its port. The delay comes
before the answer to an object that was put, and is no work: requests wait side by side.
"""

from __future__ import annotations

import asyncio
import json
import sys

PUT = b'HTTP/1.1 200 OK\r\nETag: "0"\r\nContent-Length: 0\r\n\r\n'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def serve(delay: float, secret: str) -> None:
    """Answer until the program is ended."""
    body = json.dumps({"SecretString": secret}).encode()
    known = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\n"
    known += f"Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
                writer.write(known)

    server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000, sys.argv[2]))
