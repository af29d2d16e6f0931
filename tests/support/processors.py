"""What happens to a processor between two deployments: a flaw, and its mending."""

from __future__ import annotations

from catalog_platform.workspace import Workspace

# Producers moved on to a version that the processor has not learnt, and some events end it.
FLAWED = """

_handle = handle


def handle(event: object, context: object) -> dict[str, Any]:
    for record in event["Records"]:  # type: ignore[index]
        if b"FATAL-" in base64.b64decode(record["kinesis"]["data"]):
            raise ValueError("an event that the processor cannot take")
    return _handle(event, context)
"""
# It learns the version; what ended it does so no longer.
MENDED = """

_handle = handle


def handle(event: object, context: object) -> dict[str, Any]:
    for record in event["Records"]:  # type: ignore[index]
        payload = base64.b64decode(record["kinesis"]["data"])
        known = payload.replace(b'"version": 2', b'"version": 1')
        record["kinesis"]["data"] = base64.b64encode(known).decode()
    return _handle(event, context)
"""


class Processor:
    """The processor of a workspace, changed at its entry."""

    def __init__(self, workspace: Workspace) -> None:
        package = workspace.functions / "inventory_processor" / "src" / "inventory_processor"
        self._handler = package / "handler.py"
        self._sound = self._handler.read_text()

    def become(self, change: str) -> None:
        """Replace the handler by a sound one with `change` around it."""
        head, _, rest = self._sound.partition("from __future__ import annotations\n")
        imports = "from __future__ import annotations\n\nimport base64\n"
        self._handler.write_text(head + imports + rest + change)
