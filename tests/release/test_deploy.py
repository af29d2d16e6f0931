from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.release.deploy import FAST_POLLING, bootstrap, deploy
from catalog_platform.workspace import Toolchain

SESSION = Session("eu-west-1", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})


class Tools(Toolchain):
    """A toolchain whose node is a shell script."""

    @property
    def node(self) -> Path:
        return self.home / "node"


def tools(home: Path, script: str) -> Tools:
    (home / "requirements").mkdir()
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


def test_the_change_set_has_the_given_name(tmp_path: Path) -> None:
    seen: list[str] = []
    fake, out = tools(tmp_path, 'echo "$@"'), assembly(tmp_path)
    deploy(fake, SESSION, out, "dev", timeout=10, change_set="catalog-abc", on_line=seen.append)
    deploy(fake, SESSION, out, "dev", timeout=10, on_line=seen.append)
    assert "--change-set-name catalog-abc" in seen[0]
    assert "--change-set-name" not in seen[1]


def test_an_emulator_is_polled_more_often_than_aws(tmp_path: Path) -> None:
    def command(session: Session) -> str:
        seen: list[str] = []
        deploy(fake, session, out, "dev", timeout=10, on_line=seen.append)
        return seen[0]

    fake, out = tools(tmp_path, 'echo "$@"'), assembly(tmp_path)
    assert f"--require {FAST_POLLING}" in command(SESSION)
    for variables in ({}, {"AWS_ENDPOINT_URL": "https://cloudformation.eu-west-1.amazonaws.com"}):
        assert str(FAST_POLLING) not in command(Session("eu-west-1", variables))


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
