from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from catalog_platform.policy.new_waivers import Request, Selection, build, selection
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.policy.waivers import EnvironmentFacts, Violation, matches

TODAY = datetime.date(2030, 6, 1)
LISTED = {"A": PolicySeverity.HIGH, "B": PolicySeverity.CRITICAL}
OWN = Request(
    selector="environments",
    selected=(),
    reason="The queue is emptied by hand.",
    owner="us",
    ticket="OPS-1",
    created=TODAY,
    expires=None,
)


def violation(environment: str = "dev", **changes: str) -> Violation:
    fields = {"rule": "A", "resource": "Stream/Queue", "digest": "sha256:1", **changes}
    return Violation(kind="policy", environment=EnvironmentFacts(environment), **fields)


def made(
    *violations: Violation, request: Request = OWN, taken: tuple[str, ...] = ()
) -> list[Waiver]:
    return [
        *build([(Selection(each.rule, ""), each) for each in violations], request, LISTED, taken)
    ]


def test_a_selection_is_a_policy_or_one_property_and_maybe_a_resource() -> None:
    assert selection("A") == Selection("A", "")
    assert selection("A[Tags/0]@Stream/*") == Selection("A[Tags/0]", "Stream/*")
    assert [str(selection(each)) for each in ("A", "A@B/c")] == ["A", "A@B/c"]


@pytest.mark.parametrize(
    ("text", "selects"),
    [
        ("A", True),
        ("A[Tags/0]", True),
        ("A[Tags/1]", False),
        ("B", False),
        ("A@Stream/Queue", True),
        ("A[Tags/0]@Stream/*", True),
        ("A@Stream", False),
        ("A@*", False),
        ("*@Stream/Queue", False),
        ("*", False),
    ],
)
def test_a_selection_selects_as_a_waiver_would(text: str, selects: bool) -> None:
    assert selection(text).selects(violation(detail="Tags/0")) == selects


def test_resources_with_the_same_values_share_a_waiver_for_their_environments() -> None:
    found = [
        violation(environment, resource=resource)
        for environment in ("prod", "dev")
        for resource in ("B/x", "A/x")
    ]
    (waiver,) = made(*found)
    assert (waiver.selected, waiver.resources) == (("dev", "prod"), ("A/x", "B/x"))
    assert (waiver.digest, waiver.ticket, waiver.owner) == ("sha256:1", "OPS-1", "us")
    assert all(matches(waiver, each) for each in found)


def test_a_waiver_covers_no_environment_and_no_values_that_were_not_found() -> None:
    found = [violation(), violation("prod"), violation("prod", resource="Stream/Other")]
    waivers = made(*found, violation("prod", digest="sha256:2"))
    assert [(each.selected, each.resources, each.digest) for each in waivers] == [
        (("dev", "prod"), ("Stream/Queue",), "sha256:1"),
        (("prod",), ("Stream/Other",), "sha256:1"),
        (("prod",), ("Stream/Queue",), "sha256:2"),
    ]
    assert not any(matches(each, violation("dev", resource="Stream/Other")) for each in waivers)


def test_a_scope_that_is_chosen_is_kept() -> None:
    tiers = replace(OWN, selector="tiers", selected=("production",))
    (waiver,) = made(violation("dev"), violation("prod"), request=tiers)
    assert waiver.scope == {"tiers": ["production"]}
    (waiver,) = made(violation("dev"), violation("prod"), request=replace(OWN, selector=""))
    assert waiver.scope == "all"


def test_an_id_says_what_is_waived_and_where_and_is_not_taken() -> None:
    assert [each.id for each in made(violation("prod"), violation("prod", digest="sha256:2"))] == [
        "prod-a-stream-queue",
        "prod-a-stream-queue-2",
    ]
    (waiver,) = made(violation(), violation("prod"), taken=("a-stream-queue",))
    assert waiver.id == "a-stream-queue-2"


@pytest.mark.parametrize(("policy", "days"), [("A", 90), ("B", 90)])
def test_the_default_expiry_is_what_the_severity_allows(policy: str, days: int) -> None:
    (waiver,) = made(violation(rule=policy))
    assert (waiver.expires - waiver.created).days == days
    (waiver,) = made(violation(rule=policy), request=replace(OWN, expires=TODAY))
    assert waiver.expires == TODAY
