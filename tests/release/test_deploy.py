from __future__ import annotations

import stat
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.release.deploy import bootstrap, deploy
from catalog_platform.release.session import Session
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


def test_an_assembly_without_the_stack_is_refused_before_anything_is_started(
    tmp_path: Path,
) -> None:
    with pytest.raises(PlatformError, match="has no stack catalog-prod") as caught:
        deploy(tools(tmp_path, "exit 9"), SESSION, assembly(tmp_path), "prod", timeout=10)
    assert "catalogctl synth prod" in caught.value.hint


def test_a_failed_deployment_gives_the_reasons_that_cloudformation_gave(tmp_path: Path) -> None:
    fake = tools(
        tmp_path,
        'echo "1 | CREATE_IN_PROGRESS | Stream"; echo "2 | CREATE_FAILED | Stream | no"; exit 1',
    )
    with pytest.raises(ToolError, match="cdk deploy: node ended with exit code 1") as caught:
        deploy(fake, SESSION, assembly(tmp_path), "dev", timeout=10)
    assert caught.value.tail == "2 | CREATE_FAILED | Stream | no"


def test_a_deployment_that_hangs_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"stopped after 0\.3 s"):
        deploy(tools(tmp_path, "sleep 60"), SESSION, assembly(tmp_path), "dev", timeout=0.3)


def test_bootstrap_names_account_and_region(tmp_path: Path) -> None:
    seen: list[str] = []
    bootstrap(tools(tmp_path, 'echo "$@"'), SESSION, "111111111111", on_line=seen.append)
    assert "bootstrap aws://111111111111/eu-west-1" in seen[0]
