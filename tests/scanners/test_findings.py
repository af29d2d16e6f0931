from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from catalog_platform.policy.waivers import EnvironmentFacts, Waivers
from support.scanners import KIND, ScannerFinding, suggestion, without_waiver
from support.templates import TODAY

FACTS = {
    "small": EnvironmentFacts("small", "development", "aws"),
    "laptop": EnvironmentFacts("laptop", "development", "embedded"),
    "large": EnvironmentFacts("large", "production", "aws"),
}
FOUND = (
    ScannerFinding("One", "A", "small", "Archive/Bucket", "the bucket has no name"),
    ScannerFinding("One", "A", "large", "Archive/Bucket", "the bucket has no name"),
    ScannerFinding("Two", "B[x::*]", "small", "Archive/Bucket", "more of it - (Control ID: 1)"),
    ScannerFinding("Two", "B[x::*]", "large", "Archive/Bucket", "more of it - (Control ID: 1)"),
    ScannerFinding("Two", "C", "large", "Logs/Flow", "too short"),
)


def loaded(folder: Path, text: str) -> Waivers:
    (folder / "waivers.yaml").write_text(f"waivers:\n{text}")
    return Waivers(folder, KIND, TODAY, FACTS.values())


def completed(text: str) -> str:
    """A suggestion with what it leaves open."""
    for key, value in {
        "reason": "for a reason of some length",
        "owner": "us",
        "created": TODAY,
        "expires": TODAY + timedelta(days=365),
    }.items():
        text = text.replace(f"    {key}:\n", f"    {key}: {value}\n")
    for number in range(text.count("- id:\n")):
        text = text.replace("- id:\n", f"- id: accepted-{number}\n", 1)
    return text


def test_the_suggested_waivers_cover_exactly_the_remaining_findings(tmp_path: Path) -> None:
    waivers = loaded(tmp_path, completed(suggestion(FOUND, FACTS)))
    assert waivers.findings == []
    assert without_waiver(FOUND, waivers, FACTS) == set()
    waivers.report_unmatched(FACTS)
    assert waivers.findings == []


def test_rules_with_the_same_resources_share_a_suggestion() -> None:
    assert suggestion(FOUND, FACTS) == (
        "  - id:\n"
        "    kind: scanner\n"
        "    scope: all\n"
        "    rules: [One/A, 'Two/B[x::\\*]']\n"
        "    resources: [Archive/Bucket]\n"
        "    reason:\n"
        "    owner:\n"
        "    created:\n"
        "    expires:\n"
        "  # One/A: the bucket has no name\n"
        "  # Two/B[x::*]: more of it\n"
        "\n"
        "  - id:\n"
        "    kind: scanner\n"
        "    scope: {tiers: [production]}\n"
        "    rules: [Two/C]\n"
        "    resources: [Logs/Flow]\n"
        "    reason:\n"
        "    owner:\n"
        "    created:\n"
        "    expires:\n"
        "  # Two/C: too short\n"
    )


def test_a_finding_without_a_waiver_remains(tmp_path: Path) -> None:
    waivers = loaded(tmp_path, completed(suggestion(FOUND[4:], FACTS)))
    assert without_waiver(FOUND, waivers, FACTS) == set(FOUND[:4])


def test_a_part_of_a_waiver_that_no_scanner_reports_is_named(tmp_path: Path) -> None:
    text = completed(suggestion(FOUND, FACTS)).replace("[Logs/Flow]", "[Logs/Flow, Logs/Gone]")
    waivers = loaded(tmp_path, text)
    without_waiver(FOUND, waivers, FACTS)
    waivers.report_unmatched(FACTS)
    assert [each.message for each in waivers.findings] == [
        "Two/C does not fail for Logs/Gone in any environment of tier production"
    ]
