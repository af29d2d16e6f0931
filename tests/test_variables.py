from __future__ import annotations

import fnmatch
import os
import pwd
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from catalog_platform import process, variables
from catalog_platform.errors import UsageError
from support import harmful_variables

GROUPS = (variables.NETWORK, variables.AWS, variables.UV)


@pytest.fixture(autouse=True)
def harmful(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Set every harmful variable, and random ones."""
    home = harmful_variables.write_home(tmp_path / "home", "192.0.2.1:1")
    found = {
        **harmful_variables.random_variables(1),
        **harmful_variables.variables(home, "192.0.2.1:1"),
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def test_the_list_of_harmful_variables_is_long() -> None:
    assert len(harmful_variables.VARIABLES) >= 60


def test_a_program_inherits_the_base_and_nothing_else() -> None:
    found = variables.inherit()
    assert found.keys() <= {*variables.BASE, *variables.FIXED}
    assert {"PATH", "HOME"} <= found.keys()
    assert found.items() >= variables.FIXED.items()


@pytest.mark.parametrize("group", GROUPS, ids=["network", "aws", "uv"])
def test_a_group_adds_its_names_and_no_others(
    group: variables.Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "secret")
    added = variables.inherit(group).keys() - variables.inherit().keys() - {"no_proxy", "NO_PROXY"}
    assert added
    assert all(any(fnmatch.fnmatchcase(name, each) for each in group) for name in added)
    assert not [name for name in added if name.startswith(("CDK", "PG", "NODE_O", "GIT", "JSII"))]


def test_a_child_process_has_no_other_variables(harmful: dict[str, str]) -> None:
    shown = process.run(
        [sys.executable, "-c", "import os; print(*sorted(os.environ), sep='\\n')"], timeout=20
    )
    assert set(shown.split()) <= {*variables.BASE, *variables.FIXED, "LC_CTYPE"}


def test_loopback_never_goes_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "corp.example,localhost")
    found = variables.inherit(variables.NETWORK)
    assert found["no_proxy"] == found["NO_PROXY"] == "corp.example,localhost,127.0.0.1,::1"
    monkeypatch.setenv("no_proxy", "127.0.0.11, localhost")
    found = variables.inherit(variables.NETWORK)
    assert found["no_proxy"] == "127.0.0.11,localhost,127.0.0.1,::1"
    monkeypatch.setenv("no_proxy", "*")
    assert variables.inherit(variables.NETWORK)["NO_PROXY"] == "*"


def test_without_a_proxy_there_are_no_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in variables.PROXIES:
        monkeypatch.delenv(name, raising=False)
    assert "NO_PROXY" not in variables.inherit(variables.NETWORK)


def test_without_home_the_folder_of_the_user_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert variables.inherit()["HOME"] == pwd.getpwuid(os.getuid()).pw_dir


def test_caches_are_where_the_user_wants_them_or_below_the_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert variables.cache_folder() == Path("/elsewhere")
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert variables.cache_folder() == tmp_path / ".cache"


@pytest.mark.parametrize("name", variables.CI)
def test_a_variable_that_is_empty_or_false_is_no_ci(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in variables.CI:
        monkeypatch.delenv(each, raising=False)
    for value in ("", "0", "false", "False"):
        monkeypatch.setenv(name, value)
        assert not variables.in_ci()
    monkeypatch.setenv(name, "true")
    assert variables.in_ci()


def test_a_user_without_an_entry_still_has_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_user: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert Path(variables.inherit()["HOME"]).is_dir()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOME", "relative"),
        ("TMPDIR", "/missing"),
        ("TMPDIR", "/etc/hostname"),
        ("TMPDIR", "/proc"),
    ],
)
def test_an_unusable_folder_is_named(name: str, value: str, monkeypatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=f"{name}={value}: is not"):
        variables.check_folders()


def test_usable_folders_are_accepted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    variables.check_folders()


def test_a_variable_that_is_not_listed_cannot_be_read() -> None:
    assert variables.get("CDK_OUTDIR") == "/missing/outdir"
    with pytest.raises(ValueError, match="CDK_METHOD is not in the allow list"):
        variables.get("CDK_METHOD")


def test_variables_are_replaced_within_a_block_and_other_threads_wait() -> None:
    before, seen = dict(os.environ), []
    reader = threading.Thread(target=lambda: seen.append(variables.inherit()["PATH"]))
    with variables.replaced({"PATH": "/none"}):
        assert dict(os.environ) == {"PATH": "/none"}
        reader.start()
        reader.join(0.2)
        assert reader.is_alive()
    reader.join()
    assert dict(os.environ) == before
    assert seen == [before["PATH"]]


def test_a_failing_block_restores_the_variables() -> None:
    before = dict(os.environ)
    with pytest.raises(KeyError), variables.replaced({}):
        raise KeyError
    assert dict(os.environ) == before


def test_the_command_line_removes_foreign_variables_before_it_imports_anything() -> None:
    code = (
        "import os, sys; sys.argv = ['catalogctl', '--version']\n"
        "from catalog_platform import __main__, variables\n"
        "original = variables.remove_foreign\n"
        "def check():\n"
        "    assert not {'psycopg', 'boto3', 'jsii', 'rich'} & {*sys.modules}\n"
        "    original()\n"
        "variables.remove_foreign = check\n"
        "__main__.main(); print(*sorted(os.environ), sep='\\n')"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    allowed = {*variables.BASE, *variables.OWN, *(name for group in GROUPS for name in group)}
    left = [name for name in shown[shown.index("AWS_ACCESS_KEY_ID") :] if name not in allowed]
    assert all(name.startswith("AWS_ENDPOINT_URL_") for name in left), left
