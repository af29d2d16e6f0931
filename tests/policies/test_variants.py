"""Edits the good template of a policy in each way of its `variants.yaml`, which it must find.

An edit sets the value at a path below the template's resources, or drops it. Steps are separated
by `/`, so names with a slash can't be edited; `+` appends to a list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import templates

FILES = sorted(Path(__file__).parent.glob("*/variants.yaml"), key=lambda file: len(str(file)))
CHECKS = Path(__file__).parents[2] / "policies" / "checks"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_the_policy_finds_each_variant(file: Path, tmp_path: Path) -> None:
    good = (file.parent / "good.json").read_text().replace("catalog-dev/", "")
    variants = yaml.safe_load(file.read_text())
    stacks = {
        f"variant-{number}": edited(
            good.replace("catalog-dev/", f"catalog-variant-{number}/"), each
        )
        for number, each in enumerate(variants)
    }
    assembly = templates.assembly(tmp_path / "assembly", **stacks)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "checks").symlink_to(CHECKS)
    result = templates.scan(assembly, tmp_path / "policies", *stacks)
    assert not [
        each
        for each in result.problems
        if each.rule in ("scan-policy", "scan-incomplete")
        # checkov's own policies cannot decide on forms that only ours read.
        and not re.search(r"the policy CKV2?_AWS_\d+ cannot decide|a list$", each.message)
    ]
    found = {each.environment for each in result.results if each.policy == file.parent.name}
    assert [variants[number] for number, name in enumerate(stacks) if name not in found] == []


def edited(template: str, edit: Mapping[str, Any]) -> str:
    """Return the template after an edit."""
    content = json.loads(template)
    node: Any = content["Resources"]
    *parents, last = edit.get("set", edit.get("drop")).split("/")
    for step in parents:
        node = node[int(step) if isinstance(node, list) else step]
    key = int(last) if isinstance(node, list) and last != "+" else last
    if "drop" in edit:
        del node[key]
    elif last == "+":
        node.append(edit["to"])
    else:
        node[key] = edit["to"]
    return json.dumps(content)
