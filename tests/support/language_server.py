"""The real YAML language server, driven over stdio as an editor would.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

SERVER = Path("node_modules") / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE_SECONDS = 30.0


@dataclass
class Editor:
    """An editor with manifests open; positions are 0-based, as in the protocol."""

    process: subprocess.Popen[bytes]
    answers: dict[int, queue.Queue[Any]] = field(default_factory=dict)
    diagnostics: queue.Queue[tuple[str, list[dict[str, Any]]]] = field(default_factory=queue.Queue)
    asked: int = 0

    def open(self, file: Path, text: str) -> list[dict[str, Any]]:
        """Open a file with this text and return the server's diagnostics."""
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": document})
        return self._diagnostics(file)

    def hover(self, file: Path, line: int, character: int) -> str:
        """Return the hover text at a position, or an empty text."""
        found = self._ask("textDocument/hover", _position(file, line, character))
        return str(found["contents"]["value"]) if found else ""

    def complete(self, file: Path, line: int, character: int) -> dict[str, dict[str, Any]]:
        """Return the completions at a position by label."""
        found = self._ask("textDocument/completion", _position(file, line, character))
        return {item["label"]: item for item in found["items"]}

    def _diagnostics(self, file: Path) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            uri, found = self.diagnostics.get(timeout=max(0.1, deadline - time.monotonic()))
            if uri == file.as_uri():
                return found

    def _ask(self, method: str, parameters: dict[str, Any]) -> Any:
        self.asked += 1
        self.answers[self.asked] = queue.Queue()
        self._send({"id": self.asked, "method": method, "params": parameters})
        return self.answers[self.asked].get(timeout=PATIENCE_SECONDS)

    def _notify(self, method: str, parameters: dict[str, Any]) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def listen(self) -> None:
        """Read the server's messages until it exits."""
        assert self.process.stdout is not None
        for message in _messages(self.process.stdout):
            if message.get("method") == "textDocument/publishDiagnostics":
                published = message["params"]
                self.diagnostics.put((published["uri"], published["diagnostics"]))
            elif "method" in message and "id" in message:
                items = message.get("params", {}).get("items", [])
                self._send({"id": message["id"], "result": [None] * len(items)})
            elif "id" in message:
                self.answers[message["id"]].put(message.get("result"))

    def greet(self, root: Path) -> None:
        """Send the protocol's initialization messages."""
        markdown = {"contentFormat": ["markdown"]}
        capabilities = {"textDocument": {"hover": markdown, "completion": {}}}
        self._ask(
            "initialize",
            {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities},
        )
        self._notify("initialized", {})
        settings = {
            "validate": True,
            "hover": True,
            "completion": True,
            "schemaStore": {"enable": False},
        }
        self._notify("workspace/didChangeConfiguration", {"settings": {"yaml": settings}})


def _position(file: Path, line: int, character: int) -> dict[str, Any]:
    return {
        "textDocument": {"uri": file.as_uri()},
        "position": {"line": line, "character": character},
    }


def _messages(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    while header := stream.readline():
        length = int(header.partition(b":")[2])
        while stream.readline().strip():
            pass
        yield json.loads(stream.read(length))


@contextmanager
def editor(node: Path, home: Path, root: Path) -> Iterator[Editor]:
    """Start an editor on the repository at `root` with the language server installed in `home`."""
    process = subprocess.Popen(
        [node, home / SERVER, "--stdio"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # `node` can be a wrapper script
    )
    opened = Editor(process)
    listening = threading.Thread(target=opened.listen, daemon=True)
    listening.start()
    try:
        opened.greet(root)
        yield opened
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        listening.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
