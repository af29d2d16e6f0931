"""The test suite's environments, and helpers that create small repositories."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from catalog_platform import report
from catalog_platform.findings import Excerpt, Finding, Location
from catalog_platform.manifest import Manifests, pipeline
from catalog_platform.manifest.node import MappingNode
from catalog_platform.manifest.parse import parse
from catalog_platform.manifest.pipeline import ManifestResult
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "manifests"
EXAMPLES = Workspace(FIXTURES)
DEFAULTS = (EXAMPLES.environments / "defaults.yaml").read_text()
VALID = """\
environment:
  name: sample
  tier: development
  account: "555555555555"
network:
  cidr: 10.55.0.0/16
"""


def a_repository(
    root: Path, *, defaults: str | None = None, **environments: str | bytes
) -> Workspace:
    """Create a repository with these environment files and the given or the suite's defaults."""
    workspace = Workspace(root)
    workspace.environments.mkdir(parents=True)
    text = DEFAULTS if defaults is None else defaults
    (workspace.environments / "defaults.yaml").write_text(text)
    for name, content in environments.items():
        data = content if isinstance(content, bytes) else dedent(content).encode()
        (workspace.environments / f"{name}.yaml").write_bytes(data)
    return workspace


def with_files(workspace: Workspace, files: dict[str, str]) -> Workspace:
    """Add files to the repository's environments/ folder."""
    for path, content in files.items():
        file = workspace.environments / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(content))
    return workspace


def with_lines(extra: str) -> str:
    """Return the valid environment `sample` with more lines at its end."""
    return VALID + dedent(extra)


def findings_of(workspace: Workspace, *names: str) -> tuple[Finding, ...]:
    """Return the findings of the named environments, or of all if none is named."""
    return Manifests(workspace).check(names)[1]


def resolved_names(workspace: Workspace, *names: str) -> list[str]:
    """Return the environments that a new check resolves."""
    resolved: list[str] = []
    real = pipeline.process

    def process(reader: ManifestReader, name: str) -> ManifestResult:
        resolved.append(name)
        return real(reader, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "process", process)
        Manifests(workspace).check(names)
    return resolved


def report_text(workspace: Workspace, *names: str) -> str:
    """Return the findings as the text report that a user reads."""
    manifests = Manifests(workspace)
    return report.render(manifests.check(names)[1], "text", manifests)


def section(text: str, file: str = "sample.yaml") -> MappingNode:
    """Parse a valid YAML text into its top-level section."""
    root, findings = parse(dedent(text), file)
    assert findings == ()
    return root


def a_finding(**different: object) -> Finding:
    """Create a finding with every field set."""
    fields: dict[str, object] = {
        "rule": "out-of-range",
        "message": "9 is above the allowed range, 0 to 6",
        "location": Location("environments/prod.yaml", 12, 3),
        "path": "network.nat_gateways",
        "hint": "use 3",
        "environment": "prod",
    }
    return Finding(**(fields | different))  # type: ignore[arg-type]


LINE = Excerpt("  nat_gateways: 9", 2)


@dataclass(frozen=True)
class FixedSources:
    """Sources that return the same line and the same page for every finding."""

    line: Excerpt | None = LINE
    rule_page: str = "docs/rules.md#out-of-range"

    def excerpt(self, _location: Location) -> Excerpt | None:
        """See `Sources`."""
        return self.line

    def rule_link(self, _rule: str) -> str:
        """See `Sources`."""
        return self.rule_page


SOURCES = FixedSources()
