"""`catalogctl docs`: the reference pages, made from the code and from the tests' manifests."""

from __future__ import annotations

import json
from pathlib import Path

from catalog_platform import manifest
from catalog_platform.manifest import documentation, reference, rulebook
from catalog_platform.manifest.reference.rules import Example
from catalog_platform.report import file
from catalog_platform.workspace import DEFAULTS, Workspace
from catalog_platform.yaml_loader import characters


def run(workspace: Workspace) -> int:
    """Write every page, remove those of rules that are gone, and print what has changed.

    Raises `FindingsError` for defaults that cannot be read, `PlatformError` for a page that cannot
    be written; that one is then as it was.
    """
    made = pages(workspace)
    for path, text in made.items():
        page = workspace.root / path
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            file.write(page, text)
            print(path)
    for page in sorted((workspace.root / rulebook.FOLDER).glob("*.md")):
        path = page.relative_to(workspace.root).as_posix()
        if path not in made:
            page.unlink()
            print(f"{path} (gone)")
    return 0


def pages(workspace: Workspace) -> dict[str, str]:
    """Every page by its path in the repository."""
    root = manifest.own(workspace, DEFAULTS).root
    defaults = documentation.written(root) if root else {}
    file = workspace.root / "platform" / "schema" / "resources.json"
    resources = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return reference.pages(defaults, resources, _examples(workspace.root / "tests" / "manifests"))


def _examples(folder: Path) -> dict[str, Example]:
    found = {}
    for broken in sorted((folder / "invalid").glob("*.yaml")):
        told = broken.with_suffix(".txt")
        text = _text(broken)
        if text and told.is_file():
            found[broken.stem] = Example(
                text, told.read_text(encoding="utf-8"), _text(folder / "valid" / broken.name)
            )
    return found


def _text(file: Path) -> str:
    """What a file says; nothing where a page could not show it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    return "" if any(characters.hidden(text, allowed="\n\t")) else text
