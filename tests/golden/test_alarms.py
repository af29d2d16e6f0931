"""Golden files of all alarms of a large environment, and of one without alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.alarms import alarms_of
from support.models import a_manifest
from support.synthesis import templates_of

pytestmark = pytest.mark.synth

HERE = Path(__file__).parent


@pytest.mark.parametrize(("name", "least"), [("all", "warning"), ("none", "off")])
def test_the_alarms_equal_the_golden_file(
    tmp_path: Path, golden: bool, name: str, least: str
) -> None:
    (found,) = templates_of(
        tmp_path,
        a_manifest(
            database={"read_replicas": 2},
            cache={"cluster_mode": "enabled", "shards": 2},
            alarms={"minimum_severity": least},
        ),
    )
    text = "".join(alarm.line + "\n" for alarm in alarms_of(found))
    file = HERE / "alarms" / f"{name}.txt"
    if golden:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text(), "make golden, and review the difference"
