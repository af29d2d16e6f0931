"""Changes of a processor between two deployments: a defect, and its fix."""

from __future__ import annotations

from catalog_platform.workspace import Workspace

# Producers use a version that the processor does not support, and some events crash it.
FLAWED = """

_handle = handle


def handle(event: object, context: object) -> dict[str, Any]:
    for record in event["Records"]:  # type: ignore[index]
        if b"FATAL-" in base64.b64decode(record["kinesis"]["data"]):
            raise ValueError("an event that crashes the processor")
    return _handle(event, context)
"""
# It supports the version, and no event crashes it.
FIXED = """

_handle = handle


def handle(event: object, context: object) -> dict[str, Any]:
    for record in event["Records"]:  # type: ignore[index]
        payload = base64.b64decode(record["kinesis"]["data"])
        supported = payload.replace(b'"version": 2', b'"version": 1')
        record["kinesis"]["data"] = base64.b64encode(supported).decode()
    return _handle(event, context)
"""


class Processor:
    """The processor of a workspace with a replaceable handler."""

    def __init__(self, workspace: Workspace) -> None:
        package = workspace.functions / "inventory_processor" / "src" / "inventory_processor"
        self._handler = package / "handler.py"
        self._original = self._handler.read_text()

    def become(self, change: str) -> None:
        """Replace the handler by the original one with `change` around it."""
        head, _, rest = self._original.partition("from __future__ import annotations\n")
        imports = "from __future__ import annotations\n\nimport base64\n"
        self._handler.write_text(head + imports + rest + change)
