"""Shields a scan from the process it runs in, and the process from the scanner.

checkov takes orders from dozens of environment variables, logs failures instead of raising them,
and wraps the standard streams when it is imported.
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
    # One template per run: forking costs more than it saves.
    "CHECKOV_PARALLELIZATION_TYPE": "none",
    "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true",
}


class _Listener(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self._heard.append(record.getMessage() + (f": {error!r}" if error else ""))


@contextlib.contextmanager
def isolated() -> Iterator[list[str]]:
    """Within, only `INHERITED` and `SETTINGS` are in the environment, and nothing is printed.

    Yields a list that fills with every warning and error that is logged. Environment, streams and
    logging are put back at the end. Not for use from several threads at once.
    """
    heard: list[str] = []
    root = logging.getLogger()
    before = (dict(os.environ), sys.stdout, sys.stderr, root.handlers[:], root.level)
    disabled = root.manager.disable
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        _replace_environment(kept | SETTINGS)
        root.handlers[:] = [_Listener(heard)]
        root.setLevel(logging.WARNING)
        logging.disable(logging.NOTSET)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield heard
    finally:
        environment, sys.stdout, sys.stderr, root.handlers[:], level = before
        root.setLevel(level)
        logging.disable(disabled)
        _replace_environment(environment)


def _replace_environment(variables: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
