"""`catalogctl docs`: generate the reference pages and the IAM policies for the deployment.

It also generates the table of policies in policies/README.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from catalog_platform import reference
from catalog_platform.manifest import Manifests, documentation
from catalog_platform.policy.own_policies import own_policies
from catalog_platform.reference import policy_table
from catalog_platform.reference.rules import Example
from catalog_platform.report import file
from catalog_platform.workspace import DEFAULTS, Workspace
from catalog_platform.yaml_loader import characters

MANIFESTS = "../tests/manifests"


def run(workspace: Workspace) -> int:
    """Write every page that has changed, and print its path.

    Raises `FindingsError` for defaults or policies that cannot be read, `PlatformError` for a page
    that cannot be written; that page is left unchanged.
    """
    generated = pages(workspace)
    for path, text in generated.items():
        page = workspace.root / path
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            file.write(page, text)
            print(path)
    return 0


def pages(workspace: Workspace) -> dict[str, str]:
    """Return the text of every generated file by its path in the repository.

    Raises `FindingsError` for invalid policies or severities, `PlatformError` for a page of them
    without the markers of its table.
    """
    root = Manifests(workspace).own_document(DEFAULTS).root
    defaults = documentation.written_values(root) if root else {}
    folder = workspace.root / "platform" / "schema"
    measurements = reference.Measurements(
        resources=_measured(folder / "resources.json"),
        properties=_measured(folder / "properties.json"),
        constraints=_measured(folder / "aws_constraints.json"),
    )
    found = examples(workspace.root / "tests" / "manifests")
    generated = reference.pages(defaults, measurements, found) | reference.policies()
    written = workspace.root / policy_table.PAGE
    if written.is_file():
        generated[policy_table.PAGE] = policy_table.page(
            written.read_text("utf-8"), own_policies(workspace.policies)
        )
    return generated


def _measured(file: Path) -> dict[str, Any]:
    """Return the content of a generated file, or nothing if it doesn't exist."""
    content: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return content


def examples(folder: Path) -> dict[str, Example]:
    """Return the example of each rule from tests/manifests."""
    found = {}
    for reported in sorted((folder / "invalid").glob("*.txt")):
        broken, valid = f"invalid/{reported.stem}.yaml", f"valid/{reported.stem}.yaml"
        if text := _text(reported):
            found[reported.stem] = Example(
                text,
                f"{MANIFESTS}/{broken}",
                f"{MANIFESTS}/{valid}" if (folder / valid).is_file() else "",
            )
    return found


def _text(file: Path) -> str:
    """Return the text of a file, or nothing when a page cannot show it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return "" if any(characters.hidden_characters(text, allowed="\n\t")) else text
