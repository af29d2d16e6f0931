"""The contract tests cite the AWS documentation that they verify."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from catalog_platform.workspace import Workspace

MINIMUM_CASES = 40
# Not part of the contract: behaviour that AWS does not document, and this file.
EXCLUDED_FILES = {"test_positions.py", "test_contract.py"}
PAGES = "https://docs.aws.amazon.com/"


def cases(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the tests of a file, and whether each cites a page directly or by a constant."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and PAGES in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    whole_file = PAGES in (ast.get_docstring(module) or "")
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node) or ""
            named = any(docstring.startswith(name) for name in constants)
            yield f"{path.name}: {node.name}", PAGES in docstring or named or whole_file


def test_every_contract_test_cites_a_documentation_page(
    repository: Workspace,
) -> None:
    tests = repository.root / "tests"
    files = [
        *(tests / "embedded_aws" / "emulator" / "event_source").glob("test_*.py"),
        tests / "e2e" / "test_event_source.py",
    ]
    found = dict(case for path in files if path.name not in EXCLUDED_FILES for case in cases(path))
    assert [name for name, cited in found.items() if not cited] == []
    assert len(found) >= MINIMUM_CASES
