"""Runs cfn-lint on assemblies. https://github.com/aws-cloudformation/cfn-lint"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from cfnlint.api import lint_file
from cfnlint.config import ManualArgs
from cfnlint.rules import Match

from support.scanners import ENVIRONMENT_PREFIX, WHOLE_TEMPLATE, ScannerFinding, construct_paths

TOOL = "cfn-lint"


def lint(assembly: Path, environments: Sequence[str], *, folder: Path) -> Iterator[ScannerFinding]:
    """Yield errors and warnings of each environment, checked for its region.

    Ignores the user's configuration and configuration in the template. `folder` is for temporary
    files.
    """
    configuration = folder / "cfnlintrc.yaml"
    configuration.write_text("{}\n")
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    for name in environments:
        stack = artifacts[f"{ENVIRONMENT_PREFIX}{name}"]
        options = ManualArgs(
            config_file=configuration,
            mandatory_checks=["E", "W"],
            regions=[stack["environment"].rpartition("/")[2]],
        )
        paths = construct_paths(assembly, name)
        for match in lint_file(assembly / stack["properties"]["templateFile"], options):
            yield _finding(name, match, paths)


def _finding(environment: str, match: Match, paths: dict[str, str]) -> ScannerFinding:
    path = [str(step) for step in match.path or ()]
    if path[:1] == ["Resources"] and len(path) > 1:
        resource = paths.get(path[1], path[1])
    else:
        resource = "/".join(path) or WHOLE_TEMPLATE
    return ScannerFinding(TOOL, match.rule.id, environment, resource, match.message)
