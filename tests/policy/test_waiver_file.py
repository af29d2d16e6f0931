"""The file of waivers, as a whole; tests/policy/test_waivers.py has its shapes."""

from __future__ import annotations

import datetime
from pathlib import Path

from catalog_platform.policy import waiver_file
from support.templates import severities

TODAY = datetime.date(2030, 6, 1)
ENTRY = """
  - id: {id}
    kind: {kind}
    scope: all
    rules: [{rule}]
    resources: [Stream/Queue]
    reason: the queue is emptied by hand
    owner: catalog-platform
    created: 2030-01-01
    expires: {expires}
"""


def entry(id: str = "queue", **changes: str) -> str:  # noqa: A002 - the key
    return ENTRY.format(
        id=id, **{"kind": "policy", "rule": "OUR_1", "expires": "2030-03-01", **changes}
    )


def read(folder: Path, *entries: str) -> tuple[list[str], list[str]]:
    (folder / "waivers.yaml").write_text("waivers:" + "".join(entries))
    (folder / "severities.yaml").write_text(severities(OUR_1="high"))
    waivers, findings = waiver_file.read(folder, ["dev"], TODAY)
    return [each.id for each in waivers], [each.message for each in findings]


def test_waivers_of_all_kinds_are_read_and_expired_ones_too(tmp_path: Path) -> None:
    other = entry("scanned", kind="scanner", rule="x/y", expires="2031-02-01")
    assert read(tmp_path, entry(), other) == (["queue", "scanned"], [])


def test_a_missing_file_has_no_waivers(tmp_path: Path) -> None:
    assert waiver_file.read(tmp_path, ["dev"], TODAY) == ([], [])


def test_the_severities_of_the_folder_limit_the_expiry(tmp_path: Path) -> None:
    ids, messages = read(tmp_path, entry(expires="2030-07-01"))
    assert ids == []
    (message,) = messages
    assert message.startswith("expires: 2030-07-01 is too late for OUR_1, whose severity is high")


def test_an_id_is_unique_among_all_kinds(tmp_path: Path) -> None:
    ids, messages = read(tmp_path, entry(), entry(kind="scanner", rule="x/y"))
    assert (ids, messages) == (["queue"], ["the id queue is already on line 2"])
