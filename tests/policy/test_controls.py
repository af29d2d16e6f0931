from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.policy.controls import FRAMEWORKS, Control, controls
from catalog_platform.policy.severities import Severities
from support.manifests import ROOT

POLICIES = ROOT / "policies"
MAPPING = "check\tframework\tcontrols\tsource\n"
TITLES = "framework\tcontrol\ttitle\n"
ROW = "OUR_1\tnist\tAC-17, AC-2\tjudgement\n"
BOTH = "nist\tAC-2\tAccounts are managed\nnist\tAC-17\tRemote access is controlled\n"


def written(folder: Path, mapping: str, titles: str) -> Path:
    (folder / "controls.tsv").write_text(mapping)
    (folder / "control_titles.tsv").write_text(titles)
    return folder


def test_controls_are_sorted_by_framework_and_number_with_the_policies_that_concern_them(
    tmp_path: Path,
) -> None:
    rows = ROW + "OUR_10\tcis\t4.7\tx\nOUR_10\tnist\tAC-2\tx\nOUR_2\tnist\tAC-2\tx\n"
    titles = BOTH + "cis\t4.7\tFlow logs\n"
    found = controls(written(tmp_path, MAPPING + rows, TITLES + titles))
    assert [(each.id, each.checks) for each in found] == [
        ("4.7", ("OUR_10",)),
        ("AC-2", ("OUR_1", "OUR_2", "OUR_10")),
        ("AC-17", ("OUR_1",)),
    ]
    assert found[0] == Control(
        framework=FRAMEWORKS["cis"], id="4.7", title="Flow logs", checks=("OUR_10",)
    )


@pytest.mark.parametrize(
    ("mapping", "titles", "errors"),
    [
        ("x\n", TITLES, {"controls.tsv:1:1 must have the columns check, framework"}),
        (MAPPING + "OUR_1\tnist\n", TITLES, {"controls.tsv:2:1 must have 4 cells"}),
        (MAPPING + "OUR_1\tnist\tAC-2\t\n", TITLES, {"controls.tsv:2:1 must have 4 cells"}),
        (MAPPING + "OUR_1\tiso\tA.5\tx\n", TITLES, {"controls.tsv:2:1 'iso' is not a framework"}),
        (
            MAPPING + ROW,
            TITLES + "nist\tAC-2\tAccounts\n",
            {"controls.tsv:2:1 the control AC-17 of nist has no title"},
        ),
        (
            MAPPING + ROW,
            TITLES + BOTH + "cis\t1.1\tx\n",
            {"control_titles.tsv:4:1 no policy is mapped to the control 1.1 of cis"},
        ),
        (MAPPING + ROW, TITLES + BOTH * 2, {"control_titles.tsv:4:1 AC-2 already has a title"}),
        (MAPPING + ROW * 2, TITLES + BOTH, {"controls.tsv:3:1 OUR_1 is already mapped to AC-17"}),
    ],
)
def test_an_error_in_the_files_is_a_finding_at_its_line(
    mapping: str, titles: str, errors: set[str], tmp_path: Path
) -> None:
    with pytest.raises(FindingsError) as raised:
        controls(written(tmp_path, mapping, titles))
    texts = [f"{each.location} {each.message}" for each in raised.value.findings]
    for error in errors:
        assert any(f"/{error}" in text for text in texts), texts


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as raised:
        controls(tmp_path)
    assert {each.location.file.split("/")[-1] for each in raised.value.findings} == {
        "controls.tsv",
        "control_titles.tsv",
    }


def test_each_mapped_policy_of_the_repository_is_one_with_a_severity() -> None:
    mapped = {check for each in controls(POLICIES) for check in each.checks}
    assert mapped <= set(Severities(POLICIES).policies)


# Reliability of this stack: no framework asks for it.
WITHOUT_CONTROL = {
    f"CKV_CATALOG_{number}" for number in (1, 2, 3, 4, 14, 30, 36, 37, 40, 47, 54, 57, 59)
}


def test_each_policy_of_ours_has_a_control_or_is_listed_without_one() -> None:
    mapped = {check for each in controls(POLICIES) for check in each.checks}
    ours = {each for each in Severities(POLICIES).policies if each.startswith("CKV_CATALOG_")}
    assert ours - mapped <= WITHOUT_CONTROL, "add these to policies/controls.tsv"
    assert mapped & WITHOUT_CONTROL == set()
