"""Logs as JSON lines on standard output, from which Lambda collects them.

Callers pass fields as `extra={"facts": {…}}`, never payloads or secrets.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
TRACE = "_X_AMZN_TRACE_ID"
LOGGER = logging.getLogger("catalog")


class JsonLines(logging.Formatter):
    """One JSON object per log record."""

    def __init__(self, environment_name: str) -> None:
        super().__init__()
        self._environment_name = environment_name

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line; an exception adds its type and stack."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "message": record.getMessage(),
            "environment": self._environment_name,
            **getattr(record, "facts", {}),
        }
        trace = os.environ.get(TRACE, "")
        if trace:
            # Correlates the line with the invocation's trace.
            line["trace_id"] = trace.partition(";")[0].removeprefix("Root=")
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["stack"] = _stack(record)
        return json.dumps(line, default=str)


class StandardOutput(logging.Handler):
    """Writes to the current `sys.stdout`."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as one line and flush: Lambda may freeze the process at any time."""
        sys.stdout.write(self.format(record) + "\n")
        sys.stdout.flush()


def _stack(record: logging.LogRecord) -> list[str]:
    traceback = record.exc_info[2] if record.exc_info else None
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_qualname}")
        traceback = traceback.tb_next
    return frames


def configure(environment_name: str, level: str) -> None:
    """Send the catalog's logs to standard output; a second call reframes the first."""
    handler = StandardOutput()
    handler.setFormatter(JsonLines(environment_name))
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(level)
    LOGGER.propagate = False
