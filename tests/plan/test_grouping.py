"""Changes with the same causes form a group."""

from __future__ import annotations

from catalog_platform.plan.grouping import grouped
from catalog_platform.plan.model import Because, Change

CHANGE = Change(
    resource="R",
    logical_id="R",
    type="T",
    action="update",
    verdict="safe",
    retained=False,
    group="",
    blocking=False,
    properties=[],
    because=[],
    via=[],
    explanation="",
    source="",
)
KEY = Because(kind="key", side="head", key="tags.owner", file="f", line=1)
CODE = Because(kind="code", side="head", file="platform/a.py", line=1, files=["platform/a.py"])


def test_a_group_is_named_for_its_causes() -> None:
    changes = [
        Change(**{**{n: getattr(CHANGE, n) for n in CHANGE.__struct_fields__}, "because": because})
        for because in ([KEY], [CODE], [KEY, CODE], [])
    ]
    assert [each.group for each in grouped(changes)] == [
        "tags.owner",
        "code",
        "tags.owner, code",
        "",
    ]
