from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Severity
from catalog_platform.local import lint
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import deploy, scan
from catalog_platform.policy.results import ScanResult
from catalog_platform.release import attestation, outcome
from catalog_platform.release.approval import Approval
from catalog_platform.release.commit import Commit
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace
from support.aws import FakeSession
from support.manifests import VALID, a_finding, a_repository, with_lines

AWS, EMBEDDED = VALID, with_lines("release:\n  target: embedded\n  deploy_timeout_minutes: 7\n")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of a deployment in their order; none of them does anything."""
    made: list[str] = []

    @contextlib.contextmanager
    def checking(template: Path, _region: str) -> Iterator[None]:
        made.append(f"lint {template.name}")
        yield

    def deployed(*_arguments: Any, timeout: float, change_set: str | None, **_options: Any) -> None:
        made.append(f"deploy within {timeout} s" + (f" as {change_set}" if change_set else ""))

    @contextlib.contextmanager
    def verified(*_arguments: Any, change_set: str | None, **_options: Any) -> Iterator[None]:
        yield
        made.append(f"verify {change_set or 'the default change set'}")

    monkeypatch.setattr(lint, "checking", checking)
    monkeypatch.setattr(outcome, "verified", verified)
    monkeypatch.setattr(deploy, "bootstrap", lambda *_, **__: made.append("bootstrap"))
    monkeypatch.setattr(deploy, "deploy", deployed)
    return made


def deploy_sample(
    tmp_path: Path,
    text: str,
    *,
    attested: bool = True,
    commit: Commit | None = None,
    approval: Approval | None = None,
) -> None:
    assembly = tmp_path / "assembly"
    assembly.mkdir()
    (assembly / "a.json").write_text("{}")
    if attested:
        attestation.write(assembly, ["sample"], commit)
    manifest = Manifests(a_repository(tmp_path / "r", sample=text)).load("sample")
    deploy.deploy_assembly(FakeSession(), manifest, assembly, quiet(), approval)


def quiet() -> Progress:
    return Progress(quiet=True, console=Console(file=io.StringIO()))


@pytest.mark.parametrize(
    ("text", "clean", "recorded"),
    [(AWS, True, True), (AWS, False, False), (EMBEDDED, True, False)],
)
def test_a_deployment_to_aws_records_a_clean_commit(
    tmp_path: Path, calls: list[str], text: str, clean: bool, recorded: bool
) -> None:
    deploy_sample(tmp_path, text, commit=Commit("a" * 40, clean=clean))
    *_, deployed, verified = calls
    assert deployed.endswith(f" as catalog-{'a' * 40}") == recorded
    assert verified.endswith(f"catalog-{'a' * 40}") == recorded


def test_another_commit_than_the_approved_one_is_not_deployed(
    tmp_path: Path, calls: list[str]
) -> None:
    approval = Approval(Commit("a" * 40, clean=True), None)
    with pytest.raises(PlatformError, match=r"commit a{12} was approved, and .* made from b{12}"):
        deploy_sample(tmp_path, AWS, commit=Commit("b" * 40, clean=True), approval=approval)
    assert calls == []


def test_aws_is_neither_bootstrapped_nor_linted(tmp_path: Path, calls: list[str]) -> None:
    deploy_sample(tmp_path, AWS)
    assert [call.split()[0] for call in calls] == ["deploy", "verify"]


def test_the_embedded_aws_is_bootstrapped_while_the_template_is_linted(
    tmp_path: Path, calls: list[str]
) -> None:
    deploy_sample(tmp_path, EMBEDDED)
    assert calls == [
        "lint catalog-sample.template.json",
        "bootstrap",
        "deploy within 420 s",
        "verify the default change set",
    ]


def test_an_assembly_without_attestation_is_not_deployed(tmp_path: Path, calls: list[str]) -> None:
    with pytest.raises(PlatformError, match="was not scanned"):
        deploy_sample(tmp_path, EMBEDDED, attested=False)
    assert calls == []


@pytest.mark.parametrize(("severity", "fails"), [(Severity.ERROR, True), (Severity.WARNING, False)])
def test_only_an_error_of_the_scan_prevents_a_deployment(
    severity: Severity, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = a_finding(severity=severity)
    monkeypatch.setattr(scan, "scan_assembly", lambda *_: ScanResult(problems=(found,)))
    workspace: Workspace = a_repository(tmp_path / "r", sample=AWS)
    with pytest.raises(FindingsError) if fails else contextlib.nullcontext():
        deploy.scan_and_attest(workspace, Manifests(workspace), "sample", tmp_path, quiet())
