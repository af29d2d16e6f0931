"""New entries of `policies/waivers.yaml`."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform import yaml_loader
from catalog_platform.errors import PlatformError
from catalog_platform.policy import waiver_entries
from catalog_platform.policy.waiver_format import Waiver, entry_errors, parse_entry
from catalog_platform.policy.waivers import EnvironmentFacts

TODAY = datetime.datetime.now(datetime.UTC).date()
WAIVER = Waiver(
    id="an-id",
    kind="change",
    selector="environments",
    selected=("prod",),
    rules=("lost",),
    resources=("Stream/Stream/Resource",),
    reason="A reason that is long enough to be one.",
    owner="a: team # with signs",
    created=TODAY,
    expires=TODAY + datetime.timedelta(days=30),
    digest=f"sha256:{'0' * 64}",
)
KNOWN = [EnvironmentFacts("prod", "production", "aws")]
REASONS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=20, max_size=300)


def append(policies: Path, waivers: list[Waiver], known: list[EnvironmentFacts]) -> None:
    text = waiver_entries.with_entries(policies, waivers, known)
    (policies / "waivers.yaml").write_text(text)


def read(policies: Path) -> list[Waiver]:
    """Return the entries of the file."""
    content = yaml_loader.load(policies / "waivers.yaml", dates=True)
    entries = content["waivers"] if isinstance(content, dict) else []
    assert isinstance(entries, list)
    found = []
    for each in entries:
        assert isinstance(each, dict)
        assert entry_errors(each, ["prod"], TODAY, {}) == []
        found.append(replace(parse_entry(each, 1), line=1))
    return found


def test_entries_are_appended_and_the_file_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("# Kept.\nwaivers:\n")
    append(tmp_path, [WAIVER], KNOWN)
    other = replace(WAIVER, id="another", kind="scanner", rules=("a/b",), digest="")
    other = replace(other, selector="", selected=())
    append(tmp_path, [other], KNOWN)
    assert file.read_text().startswith("# Kept.\nwaivers:\n\n  - id: an-id\n")
    assert read(tmp_path) == [WAIVER, other]


def test_a_missing_file_is_created(tmp_path: Path) -> None:
    append(tmp_path, [WAIVER], KNOWN)
    assert read(tmp_path) == [WAIVER]


def test_the_file_stays_as_it_was_if_an_entry_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").write_text("waivers: []\n")
    with pytest.raises(PlatformError, match=r"nothing was written: .* too short"):
        append(tmp_path, [replace(WAIVER, reason="short")], KNOWN)
    assert (tmp_path / "waivers.yaml").read_text() == "waivers: []\n"


def test_every_key_reads_back_also_those_with_signs(tmp_path: Path) -> None:
    waiver = replace(
        WAIVER,
        kind="policy",
        rules=("CKV_1[Tags/0]", "CKV_2"),
        resources=tuple(f"Database/Replica{number}*/Resource" for number in range(9)),
        ticket="https://tickets.example/OPS-1#now",
    )
    append(tmp_path, [waiver], KNOWN)
    assert read(tmp_path) == [waiver]
    assert max(map(len, (tmp_path / "waivers.yaml").read_text().splitlines())) <= 100
    parsed = parse_entry(waiver_entries.fields(waiver), 1)
    assert parsed == waiver


@given(REASONS)
def test_any_reason_reads_back_on_one_line(reason: str) -> None:
    text = f"waivers:\n{waiver_entries.entry(replace(WAIVER, reason=reason))}"
    root, findings = yaml_loader.parse(text, "waivers.yaml")
    assert findings == ()
    assert root is not None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("prod", "Stream/Stream/Resource", "lost"), "prod-stream-stream-resource-lost"),
        (("a" * 80, "b"), f"{'a' * 58}-b"),
        (("(stack)", "At_Risk"), "stack-at-risk"),
    ],
)
def test_an_id_is_made_of_words(words: tuple[str, ...], expected: str) -> None:
    assert waiver_entries.name(*words) == expected
