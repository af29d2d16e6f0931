"""Runs cfn-lint over assemblies. https://github.com/aws-cloudformation/cfn-lint"""

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
    """Errors and warnings of each environment, in its own region.

    No configuration of whoever runs it is read, and none in the template is obeyed. `folder` is
    for scratch files.
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
    place = [str(step) for step in match.path or ()]
    if place[:1] == ["Resources"] and len(place) > 1:
        resource = paths.get(place[1], place[1])
    else:
        resource = "/".join(place) or WHOLE_TEMPLATE
    return ScannerFinding(TOOL, match.rule.id, environment, resource, match.message)
