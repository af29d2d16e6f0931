from __future__ import annotations

import logging
import os
import sys
import warnings

import pytest

from catalog_platform.policy.isolation import INHERITED, SETTINGS, isolated


def test_only_a_few_variables_are_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CKV_SKIP_CHECK", "CKV_AWS_1")
    before = dict(os.environ)
    with isolated():
        assert set(os.environ) <= {*INHERITED, *SETTINGS}
        assert os.environ["PATH"] == before["PATH"]
        os.environ["CHECKOV_NEW"] = "1"
    assert dict(os.environ) == before


def test_warnings_and_errors_are_collected_with_their_exception() -> None:
    with isolated() as logged:
        logging.getLogger("a").info("quiet")
        logging.getLogger("a").warning("number %d", 1)
        try:
            raise KeyError("x")
        except KeyError:
            logging.getLogger("b").exception("number 2")
    assert logged == ["number 1", "number 2: KeyError('x')"]


def change_everything_and_fail() -> None:
    with isolated():
        assert logging.getLogger().manager.disable == logging.NOTSET
        sys.stdout = sys.__stdout__
        logging.getLogger().setLevel(logging.DEBUG)
        raise RuntimeError


def test_logging_and_streams_are_restored_even_after_a_failure() -> None:
    root = logging.getLogger()
    logging.disable(logging.INFO)
    before = (root.handlers[:], root.level, sys.stdout, sys.stderr)
    try:
        with pytest.raises(RuntimeError):
            change_everything_and_fail()
        assert (root.handlers[:], root.level, sys.stdout, sys.stderr) == before
        assert root.manager.disable == logging.INFO
    finally:
        logging.disable(logging.NOTSET)


def test_warnings_of_libraries_are_not_shown() -> None:
    with isolated():
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
