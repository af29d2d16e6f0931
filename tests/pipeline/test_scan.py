from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Finding, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import scan
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.policy import engines, gate
from catalog_platform.policy.engines import Engines
from catalog_platform.policy.results import ScannedEnvironment, ScanResult
from catalog_platform.policy.verdict_cache import VerdictCache
from catalog_platform.policy.waivers import EnvironmentFacts
from catalog_platform.release import attestation, provenance
from catalog_platform.release.commit import Commit
from catalog_platform.release.provenance import Provenance
from catalog_platform.workspace import Workspace
from support.git import Repository
from support.manifests import VALID, a_finding, a_repository, with_files


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = a_repository(tmp_path / "r", sample=VALID, broken="a: [")
    (made.root / "assembly").mkdir()
    (made.root / "assembly" / "a.json").write_text("{}")
    return made


def scanned(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    *findings: Finding,
    verdicts: Path | None = None,
) -> tuple[ScanResult, dict[str, Any]]:
    """Scan with a gate that finds this, whatever it is given; also return what it was given."""
    given: dict[str, Any] = {}

    def scan_templates(
        _assembly: Path,
        names: Collection[str],
        _policies: Path,
        locate: Any,
        *,
        known: Collection[EnvironmentFacts],
        run: Engines,
    ) -> ScanResult:
        given.update(locate=locate, known=known, run=run)
        return ScanResult(
            environments=tuple(ScannedEnvironment(name=name) for name in names), problems=findings
        )

    monkeypatch.setattr(gate, "scan", scan_templates)
    root = workspace.root / "assembly"
    manifests = Manifests(workspace)
    return scan_assembly(workspace, manifests, ["sample"], root, verdicts=verdicts), given


def test_a_scan_without_errors_attests_the_assembly(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    warning = a_finding(severity=Severity.WARNING)
    assert scanned(workspace, monkeypatch, warning)[0].findings == (warning,)
    assert attestation.require(workspace.root / "assembly", "sample")


def test_verdicts_of_earlier_scans_attest_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, given = scanned(workspace, monkeypatch)
    assert given["run"] is engines.run
    _, given = scanned(workspace, monkeypatch, verdicts=workspace.build / "verdicts")
    assert isinstance(given["run"], VerdictCache)
    assert not (workspace.root / "assembly" / attestation.RECORD).exists()


def test_an_error_removes_an_earlier_attestation(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(workspace, monkeypatch)
    scanned(workspace, monkeypatch, a_finding())
    assert not (workspace.root / "assembly" / attestation.RECORD).exists()


@pytest.mark.parametrize("name", ["sample", "broken"])
def test_a_scan_that_fails_removes_an_earlier_attestation(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PlatformError("an engine crashed")

    scanned(workspace, monkeypatch)
    monkeypatch.setattr(gate, "scan", fail)
    assembly = workspace.root / "assembly"
    with pytest.raises(PlatformError):
        scan_assembly(workspace, Manifests(workspace), [name], assembly)
    assert not (assembly / attestation.RECORD).exists()


def test_an_assembly_that_changes_during_the_scan_is_not_attested(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = workspace.root / "assembly"

    def change(*_: object) -> tuple[Finding, ...]:
        (assembly / "a.json").write_text('{"changed": true}')
        return ()

    monkeypatch.setattr(scan, "limit_findings", change)
    with pytest.raises(PlatformError, match="was changed during the scan"):
        scanned(workspace, monkeypatch)
    assert not (assembly / attestation.RECORD).exists()


def test_the_commit_is_that_of_the_synthesis(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace.root / ".gitignore").write_text("assembly\n")
    repository, assembly = Repository.create(workspace.root), workspace.root / "assembly"
    made = Commit(repository.head(), clean=True)
    scanned(workspace, monkeypatch)
    assert attestation.commit_of(assembly) is None
    provenance.write(assembly, Provenance(made))
    scanned(workspace, monkeypatch)
    assert attestation.commit_of(assembly) == made
    # The policies and manifests of the scan are of another commit.
    repository.commit("another")
    scanned(workspace, monkeypatch)
    assert attestation.commit_of(assembly) == Commit(made.id, clean=False)


def test_a_cost_above_the_limit_is_a_finding_and_prevents_the_attestation(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = a_finding(rule="monthly-limit-exceeded")
    monkeypatch.setattr(scan, "limit_findings", lambda *_: (over,))
    warning = a_finding(severity=Severity.WARNING)
    result, _ = scanned(workspace, monkeypatch, warning)
    assert set(result.findings) == {warning, over}
    assert result.counts.keys() == {"sample"}
    assert not (workspace.root / "assembly" / attestation.RECORD).exists()


def test_waivers_know_every_environment_even_an_unreadable_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, given = scanned(workspace, monkeypatch)
    assert given["known"] == [
        EnvironmentFacts("broken"),
        EnvironmentFacts("sample", "development", "aws"),
    ]
    assert given["locate"]("sample", "network").line == 5
    assert given["locate"]("sample", "").line == 1


def test_an_environment_that_cannot_be_read_is_not_scanned(workspace: Workspace) -> None:
    with pytest.raises(FindingsError):
        scan_assembly(workspace, Manifests(workspace), ["broken"], workspace.root / "assembly")


def test_an_expired_waiver_of_another_environment_does_not_prevent_the_attestation(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = a_finding(rule="waiver-expired", environment="broken")
    result, _ = scanned(workspace, monkeypatch, others)
    assert [each.severity for each in result.findings] == [Severity.NOTE]
    assert attestation.require(workspace.root / "assembly", "sample")
    for environment in ("sample", ""):
        own = a_finding(rule="waiver-expired", environment=environment)
        result, _ = scanned(workspace, monkeypatch, own)
        assert result.findings == (own,)
        assert not (workspace.root / "assembly" / attestation.RECORD).exists()


@pytest.mark.parametrize(
    ("wrong", "attested"), [("second", {"sample"}), ("sample", {"second"}), ("", set())]
)
def test_each_environment_without_errors_can_be_attested(
    wrong: str, attested: set[str], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_files(workspace, {"second.yaml": VALID.replace("sample", "second")})
    names, assembly = ("sample", "second"), workspace.root / "assembly"
    found = ScanResult(
        environments=tuple(ScannedEnvironment(name=name) for name in names),
        problems=(a_finding(environment=wrong),),
    )
    monkeypatch.setattr(gate, "scan", lambda *_, **_options: found)
    scan_assembly(workspace, Manifests(workspace), names, assembly, each=True)
    for name in names:
        if name in attested:
            assert attestation.require(assembly, name)
        else:
            with pytest.raises(PlatformError):
                attestation.require(assembly, name)
