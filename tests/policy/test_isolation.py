from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

from catalog_platform import variables
from catalog_platform.policy.isolation import SETTINGS, isolated
from support import harmful_variables

ENGINES = ("checkov", "cloudformation_validate")


def test_a_scan_sees_neither_variables_nor_files_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with isolated():
        assert os.environ.keys() <= {*variables.BASE, *variables.FIXED, *SETTINGS}
        assert os.environ["PATH"] == before["PATH"]
        assert list(Path.home().iterdir()) == []
        scratch = Path.home()
        os.environ["CHECKOV_NEW"] = "1"
    assert dict(os.environ) == before
    assert not scratch.exists()


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


READ = re.compile(r"""(?:getenv|environ\.get|environ\[)\(?\s*["'](\w+)["']""")


def test_a_scan_sees_no_variable_that_an_engine_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [Path(find_spec(name).origin).parent for name in ENGINES]  # type: ignore[union-attr, arg-type]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    names = {name for file in files for name in READ.findall(file.read_text("utf-8"))}
    assert len(names) > 150, "the search finds no variables any more"
    kept = {*variables.BASE, *variables.FIXED, *SETTINGS}
    for name in names - kept:
        monkeypatch.setenv(name, "1")
    with isolated():
        assert names & os.environ.keys() <= kept
        assert names & kept <= {*SETTINGS, "HOME"}
