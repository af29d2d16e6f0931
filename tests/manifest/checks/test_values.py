"""Values that AWS or PostgreSQL refuse are reported; values at the limit are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog_platform.findings import Finding, Severity
from support.manifests import VALID, a_repository, findings_of

FOLDER = Path(__file__).parent
WRONG = yaml.safe_load((FOLDER / "wrong_values.yaml").read_text())
RIGHT = yaml.safe_load((FOLDER / "right_values.yaml").read_text())


def shown(values: dict[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())


def findings_for(root: Path, values: dict[str, Any]) -> tuple[Finding, ...]:
    tree = yaml.safe_load(VALID)
    for key, value in values.items():
        section = tree
        *outer, last = key.split(".")
        for step in outer:
            section = section.setdefault(step, {})
        section[last] = value
    return findings_of(a_repository(root / "r", sample=yaml.safe_dump(tree)), "sample")


@pytest.mark.parametrize("case", WRONG, ids=lambda case: shown(case["values"]))
def test_a_wrong_value_is_reported_at_its_line(case, tmp_path):
    found = findings_for(tmp_path, case["values"])
    summary = {
        f"{each.path} [{each.rule}]"
        + ("" if each.severity is Severity.ERROR else f" {each.severity.value}")
        for each in found
    }
    assert summary == set(case["findings"])
    assert any(each.location.file == "environments/sample.yaml" for each in found)
    assert all(each.hint and each.location.line for each in found)


@pytest.mark.parametrize("values", RIGHT, ids=shown)
def test_a_value_at_the_limit_has_no_error(values, tmp_path):
    errors = [each for each in findings_for(tmp_path, values) if each.severity is Severity.ERROR]
    assert errors == []


def test_there_are_enough_examples():
    assert len(WRONG) >= 100
    assert len(RIGHT) >= 20
