"""Load the CDK into Node.js while Python imports its own half of it.

jsii starts Node.js, and waits for it to load each library before Python goes on. Here the answers
are read in a thread, and awaited by the first call that needs the libraries. Python and Node.js
have half a second of work each.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from jsii._kernel.providers.process import ProcessProvider, _NodeProcess
from jsii._kernel.types import LoadRequest, LoadResponse


class _Process(_NodeProcess):
    """Starts Node.js without waiting for it."""

    def handshake(self) -> None:
        """Do nothing: `greet` reads the greeting."""

    def greet(self) -> None:
        """Wait for Node.js, and check the version of its half of jsii."""
        super().handshake()


class Provider(ProcessProvider):
    """Sends libraries to Node.js without waiting for the answers."""

    def __init__(self) -> None:
        """Start Node.js. Raises `OSError` if that fails."""
        super().__init__()
        self._node = _Process()  # type: ignore[no-untyped-call]
        self._node.start()  # type: ignore[no-untyped-call]
        # One thread: Node.js answers in the order of the requests.
        self._executor = ThreadPoolExecutor(1)
        self._loading: list[Future[Any]] = [self._executor.submit(self._node.greet)]

    @property
    def _process(self) -> _NodeProcess:
        """Return the process, to which every other request is sent, when all is loaded."""
        self.wait()
        return self._node

    def load(self, request: LoadRequest) -> LoadResponse:
        """Send a library, and return what jsii ignores."""
        self._loading.append(self._executor.submit(self._node.send, request, LoadResponse))
        return LoadResponse(assembly=request.name, types=0)

    def wait(self) -> None:
        """Wait until Node.js has loaded all libraries. Raises the error of one that failed."""
        for each in self._loading:
            each.result()
        self._loading.clear()

    def stop(self) -> None:
        """Stop Node.js; without this, it is stopped at exit."""
        self._executor.shutdown(cancel_futures=True)
        self._node.stop()
