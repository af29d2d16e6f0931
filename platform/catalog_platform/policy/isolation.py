"""Isolate a scan from the process that runs it, and the process from checkov.

checkov reads dozens of environment variables, logs failures instead of raising them, and wraps
the standard streams when it is imported.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator

INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")
SETTINGS = {
    # A run scans one template, so forking costs more time than it saves.
    "CHECKOV_PARALLELIZATION_TYPE": "none",
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
}


class _LogCollector(logging.Handler):
    def __init__(self, logged: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._logged = logged

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._logged.append(record.getMessage() + (f": {error!r}" if error else ""))


@contextlib.contextmanager
def isolated() -> Iterator[list[str]]:
    """Reduce the environment to `INHERITED` and `SETTINGS`, and collect log messages.

    Yields a list that collects every logged warning and error. Restores environment, streams and
    logging at the end. Not thread-safe.
    """
    logged: list[str] = []
    root = logging.getLogger()
    before = (dict(os.environ), sys.stdout, sys.stderr, root.handlers[:], root.level)
    disabled = root.manager.disable
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        _replace_environment(kept | SETTINGS)
        root.handlers[:] = [_LogCollector(logged)]
        root.setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield logged
    finally:
        environment, sys.stdout, sys.stderr, root.handlers[:], level = before
        root.setLevel(level)
        logging.disable(disabled)
        _replace_environment(environment)


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
