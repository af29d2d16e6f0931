from __future__ import annotations

import datetime
from pathlib import Path

import msgspec
import pytest

from support.opinions import Acknowledgement, Opinion, disagreement, load, outdated, suggestion

ENVIRONMENTS = ("dev", "prod")
REASON = "for a reason of some length"
UNTIL = datetime.date(2030, 6, 1)
WHOSE = f"owner: us, expires: {UNTIL}"
FOUND = (
    Opinion("One", "A", "dev", "Archive/Bucket", "the bucket has no name"),
    Opinion("One", "A", "prod", "Archive/Bucket", "the bucket has no name"),
    Opinion("Two", "B[x::*]", "dev", "Archive/Bucket", "more of it - (Control ID: 1)"),
    Opinion("Two", "B[x::*]", "prod", "Archive/Bucket", "more of it - (Control ID: 1)"),
    Opinion("Two", "C", "prod", "Logs/Flow", "too short"),
)


def entry(**changes: object) -> Acknowledgement:
    content = {
        "reason": REASON,
        "owner": "us",
        "expires": UNTIL,
        "resources": ["Archive/Bucket"],
        "rules": {"One": ["A"]},
    }
    return msgspec.convert(content | changes, Acknowledgement)


def listed(file: Path, text: str) -> tuple[Acknowledgement, ...]:
    file.write_text(f"acknowledged:\n{text}")
    return load(file)


def test_what_is_found_and_listed_is_in_order() -> None:
    assert disagreement(FOUND[:2], [entry()], ENVIRONMENTS) == ""


def test_the_suggested_entries_are_what_is_missing_once_they_have_reasons(tmp_path: Path) -> None:
    text = suggestion(FOUND, ENVIRONMENTS).replace("reason:", f"reason: {REASON}")
    text = text.replace("owner:", "owner: us").replace("expires:", f"expires: {UNTIL}")
    assert disagreement(FOUND, listed(tmp_path / "list.yaml", text), ENVIRONMENTS) == ""


def test_rules_that_speak_against_the_same_resources_share_a_suggestion() -> None:
    assert suggestion(FOUND, ENVIRONMENTS) == (
        "  # One A: the bucket has no name\n"
        "  # Two B[x::*]: more of it\n"
        "  - reason:\n"
        "    owner:\n"
        "    expires:\n"
        "    resources: [Archive/Bucket]\n"
        "    rules:\n"
        "      One: [A]\n"
        '      Two: ["B[x::*]"]\n'
        "\n"
        "  # Two C: too short\n"
        "  - reason:\n"
        "    owner:\n"
        "    expires:\n"
        "    environments: [prod]\n"
        "    resources: [Logs/Flow]\n"
        "    rules:\n"
        "      Two: [C]\n"
    )


def test_an_opinion_that_is_not_listed_is_printed_as_an_entry() -> None:
    message = disagreement(FOUND[:3], [entry()], ENVIRONMENTS)
    assert "1 opinions that nobody argues" in message
    assert suggestion(FOUND[2:3], ENVIRONMENTS) in message
    assert "Remove" not in message


def test_an_entry_that_no_tool_says_any_more_is_named_by_its_reason() -> None:
    message = disagreement([], [entry()], ENVIRONMENTS)
    assert message.splitlines()[2:] == [
        f"  {REASON}",
        "    One A: Archive/Bucket in dev",
        "    One A: Archive/Bucket in prod",
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"environments": ["dev", "staging"]},
        {"resources": ["Archive/Bucket", "Archive/Gone"]},
        {"rules": {"One": ["A", "Gone"]}},
        {"rules": {"One": ["A"], "Gone": ["A"]}},
    ],
)
def test_every_part_of_an_entry_must_be_said_by_a_tool(part: dict[str, object]) -> None:
    assert "Remove from the list" in disagreement(FOUND[:2], [entry(**part)], ENVIRONMENTS)


def test_a_star_is_any_text_and_brackets_are_brackets() -> None:
    stars = entry(resources=["Archive/*"], rules={"Two": ["B[*::*]"]})
    assert disagreement(FOUND[2:4], [stars], ENVIRONMENTS) == ""
    assert "nobody argues" in disagreement(
        [Opinion("Two", "Bx", "dev", "Archive/Bucket")], [stars], ENVIRONMENTS
    )


@pytest.mark.parametrize(
    "wrong",
    [
        f"reason: because, {WHOSE}, resources: [a], rules: {{One: [A]}}",
        f"reason: {REASON}, {WHOSE}, resources: [], rules: {{One: [A]}}",
        f"reason: {REASON}, {WHOSE}, resources: [a], rules: {{}}",
        f"reason: {REASON}, {WHOSE}, resources: [a], rules: {{One: [A]}}, until: tomorrow",
        f"reason: {REASON}, expires: {UNTIL}, resources: [a], rules: {{One: [A]}}",
        f"reason: {REASON}, owner: us, resources: [a], rules: {{One: [A]}}",
        f"reason: {REASON}, owner: us, expires: never, resources: [a], rules: {{One: [A]}}",
    ],
)
def test_an_entry_needs_a_reason_an_owner_an_end_and_something_it_is_about(
    wrong: str, tmp_path: Path
) -> None:
    with pytest.raises(msgspec.ValidationError):
        listed(tmp_path / "list.yaml", f"  - {{{wrong}}}\n")


def test_an_entry_holds_up_to_and_on_its_last_day() -> None:
    assert outdated([entry()], UNTIL) == ""
    assert outdated([entry()], UNTIL + datetime.timedelta(days=1)) == (
        f"the argument of us ended on 2030-06-01: {REASON}\n"
        "  follow the opinion, or argue it anew and name another day"
    )


def test_an_entry_that_is_to_hold_for_ever_is_refused() -> None:
    assert outdated([entry()], UNTIL - datetime.timedelta(days=400)) == ""
    told = outdated([entry()], UNTIL - datetime.timedelta(days=401))
    assert "ends on 2030-06-01, more than 400 days away" in told
