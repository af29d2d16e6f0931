from __future__ import annotations

import contextlib
import stat
import subprocess
from pathlib import Path

import pytest

from catalog_platform import variables
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.release.attestation import assembly_digest
from catalog_platform.release.deploy import FAST_POLLING, PRIVATE_HOME, bootstrap, deploy
from catalog_platform.workspace import Toolchain
from support import harmful_variables

SESSION = Session(
    "eu-west-1",
    {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "111111111111",
        "AWS_SECRET_ACCESS_KEY": "test",
    },
)


class Tools(Toolchain):
    """A toolchain whose node is a shell script."""

    @property
    def node(self) -> Path:
        return self.home / "node"


def tools(home: Path, script: str) -> Tools:
    node = home / "node"
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    return Tools(home)


def assembly(home: Path) -> Path:
    out = home / "cdk.out"
    out.mkdir()
    (out / "catalog-dev.template.json").write_text("{}")
    return out


def test_the_stack_is_deployed_from_the_assembly_with_the_session_in_its_environment(
    tmp_path: Path,
) -> None:
    seen: list[str] = []
    fake = tools(tmp_path, 'echo "$@"; echo "$AWS_ENDPOINT_URL $AWS_REGION"')
    out = assembly(tmp_path)
    deploy(fake, SESSION, out, "dev", timeout=10, on_line=seen.append)
    assert f"deploy catalog-dev --exclusively --require-approval never --app {out}" in seen[0]
    assert seen[1] == "http://127.0.0.1:1 eu-west-1"


@pytest.mark.parametrize("exit_code", [0, 1])
def test_an_assembly_can_be_deployed_again_because_the_cdk_s_archives_are_removed(
    tmp_path: Path, exit_code: int
) -> None:
    out = assembly(tmp_path)
    fake = tools(tmp_path, f"mkdir {out}/.cache; touch {out}/.cache/a.zip; exit {exit_code}")
    before = assembly_digest(out)
    with contextlib.suppress(ToolError):
        deploy(fake, SESSION, out, "dev", timeout=10)
    assert assembly_digest(out) == before


def test_archives_that_were_there_before_are_not_hidden(tmp_path: Path) -> None:
    out = assembly(tmp_path)
    clean = assembly_digest(out)
    (out / ".cache").mkdir()
    (out / ".cache" / "a.zip").write_text("planted")
    deploy(tools(tmp_path, "true"), SESSION, out, "dev", timeout=10)
    assert assembly_digest(out) != clean


def test_the_cdk_has_no_variables_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = harmful_variables.write_home(tmp_path / "home", "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)

    def seen(session: Session) -> dict[str, str]:
        lines: list[str] = []
        deploy(fake, session, out, "dev", timeout=10, on_line=lines.append)
        return dict(line.split("=", 1) for line in lines)

    fake, out = tools(tmp_path, "env"), assembly(tmp_path)
    found = seen(SESSION)
    own = {"CDK_DISABLE_CLI_TELEMETRY", "CDK_HOME", "NO_COLOR"}
    # The shell itself sets PWD and some others.
    shell = {"PWD", "OLDPWD", "SHLVL", "_"}
    assert found.keys() - shell - own == SESSION.environment().keys()
    assert not found.keys() & {*variables.PROXIES, "AWS_PROFILE", "AWS_SESSION_TOKEN"}
    assert found["AWS_CONFIG_FILE"] == found["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"

    found = seen(Session("eu-west-1"))
    assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert (found["AWS_PROFILE"], found["HOME"]) == ("corp", str(home))
    assert found.keys() >= {"HTTPS_PROXY", "NO_PROXY", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS"}
    assert {name for name in found if name.startswith("CDK_")} < own
    assert not {name for name in found if name.startswith(("PG", "GIT", "JSII", "NODE_O"))}


def test_the_cdk_does_not_find_its_settings_in_the_home_folder(tmp_path: Path) -> None:
    code = "console.log(require('os').homedir(), process.env.HOME)"
    shown = subprocess.run(
        [Toolchain.installed().node, "--require", PRIVATE_HOME, "-e", code],
        env={"HOME": "/caller", "CDK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == f"{tmp_path} /caller\n"


def test_the_cdk_still_finds_its_settings_with_homedir() -> None:
    """When this fails after an upgrade: see how it finds them now, and adapt private_home.cjs."""
    code = (
        Toolchain.installed().home / "node_modules" / "aws-cdk" / "lib" / "index.js"
    ).read_text()
    assert 'USER_DEFAULTS = "~/.cdk.json"' in code
    assert "return fs_path2.join(os13.homedir(), x.slice(1))" in code


def test_the_change_set_has_the_given_name(tmp_path: Path) -> None:
    seen: list[str] = []
    fake, out = tools(tmp_path, 'echo "$@"'), assembly(tmp_path)
    deploy(fake, SESSION, out, "dev", timeout=10, change_set="catalog-abc", on_line=seen.append)
    deploy(fake, SESSION, out, "dev", timeout=10, on_line=seen.append)
    assert "--change-set-name catalog-abc" in seen[0]
    assert "--change-set-name" not in seen[1]


def test_retained_resources_with_fixed_names_are_imported(tmp_path: Path) -> None:
    seen: list[str] = []
    fake, out = tools(tmp_path, 'echo "$@"'), assembly(tmp_path)
    deploy(fake, SESSION, out, "dev", timeout=10, on_line=seen.append)
    assert " --import-existing-resources " in f"{seen[0]} "


def test_an_emulator_is_polled_more_often_than_aws(tmp_path: Path) -> None:
    def command(session: Session) -> str:
        seen: list[str] = []
        deploy(fake, session, out, "dev", timeout=10, on_line=seen.append)
        return seen[0]

    fake, out = tools(tmp_path, 'echo "$@"'), assembly(tmp_path)
    assert f"--require {FAST_POLLING}" in command(SESSION)
    for values in ({}, {"AWS_ENDPOINT_URL": "https://cloudformation.eu-west-1.amazonaws.com"}):
        assert str(FAST_POLLING) not in command(Session("eu-west-1", values))


def test_the_polling_interval_of_five_seconds_is_shortened() -> None:
    code = (
        "const started = Date.now();"
        "const elapsed = () => Math.round((Date.now() - started) / 100) / 10;"
        "setTimeout((word) => console.log(word, elapsed() < 2), 5000, 'hurried');"
        "setTimeout(() => console.log('other', elapsed() >= 2), 2000);"
    )
    shown = subprocess.run(
        [Toolchain.installed().node, "--require", FAST_POLLING, "-e", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines() == ["hurried true", "other true"]


def test_the_cdk_still_waits_five_seconds() -> None:
    """When this fails after an upgrade: see how long it waits now, and adapt fast_polling.cjs."""
    code = (
        Toolchain.installed().home / "node_modules" / "aws-cdk" / "lib" / "index.js"
    ).read_text()
    assert "async function waitFor(valueProvider, timeout = 5e3)" in code


def test_an_assembly_without_the_stack_is_refused_before_anything_is_started(
    tmp_path: Path,
) -> None:
    with pytest.raises(PlatformError, match="no stack catalog-prod") as caught:
        deploy(tools(tmp_path, "exit 9"), SESSION, assembly(tmp_path), "prod", timeout=10)
    assert "catalogctl synth prod" in caught.value.hint


def test_a_failed_deployment_gives_the_reasons_that_cloudformation_gave(tmp_path: Path) -> None:
    fake = tools(
        tmp_path,
        'echo "1 | CREATE_IN_PROGRESS | Stream"; echo "2 | CREATE_FAILED | Stream | no"; exit 1',
    )
    with pytest.raises(ToolError, match="cdk deploy: node failed with exit code 1") as caught:
        deploy(fake, SESSION, assembly(tmp_path), "dev", timeout=10)
    assert caught.value.tail == "2 | CREATE_FAILED | Stream | no"


def test_a_deployment_that_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"exceeded its timeout of 0\.3 s"):
        deploy(tools(tmp_path, "sleep 60"), SESSION, assembly(tmp_path), "dev", timeout=0.3)


def test_bootstrap_names_account_and_region(tmp_path: Path) -> None:
    seen: list[str] = []
    bootstrap(tools(tmp_path, 'echo "$@"'), SESSION, "111111111111", on_line=seen.append)
    assert "bootstrap aws://111111111111/eu-west-1" in seen[0]
