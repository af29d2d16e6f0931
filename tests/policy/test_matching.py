"""`matches`, the one function that decides whether a waiver covers a violation."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from catalog_platform.policy.waiver_format import KINDS, SELECTORS, Waiver
from catalog_platform.policy.waivers import EnvironmentFacts, Violation, matches

DAY = datetime.date(2030, 6, 1)
words = st.text("ab*[.?\\", min_size=1, max_size=4)
paths = st.lists(st.text("ab[.?", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)
globs = st.lists(words, min_size=1, max_size=3).map("/".join)
details = st.tuples(words, st.sampled_from(["a", "a/0", "*", r"\*"])).map("{0[0]}[{0[1]}]".format)
environments = st.builds(
    EnvironmentFacts,
    st.sampled_from(["dev", "prod"]),
    st.sampled_from(["", "development", "production"]),
    st.sampled_from(["", "aws", "embedded"]),
)
violations = st.builds(
    Violation,
    kind=st.sampled_from(KINDS),
    rule=st.text("ab*[.?/", min_size=1, max_size=4),
    environment=environments,
    resource=paths,
    digest=st.sampled_from(["", "sha256:1", "sha256:2"]),
    detail=st.sampled_from(["", "a", "a/0", "*"]),
)
scopes = st.one_of(
    st.just(("", ())),
    st.tuples(
        st.sampled_from([*SELECTORS]),
        st.lists(
            st.sampled_from(["dev", "prod", "development", "production", "aws", "embedded"]),
            min_size=1,
            unique=True,
        ).map(tuple),
    ),
)


@st.composite
def waivers(draw: st.DrawFn) -> Waiver:
    selector, selected = draw(scopes)
    return Waiver(
        id="x",
        kind=draw(st.sampled_from(KINDS)),
        selector=selector,
        selected=selected,
        rules=tuple(draw(st.lists(st.one_of(globs, details), min_size=1, max_size=2))),
        resources=tuple(draw(st.lists(globs, min_size=1, max_size=2))),
        reason="for a reason of some length",
        owner="us",
        created=DAY,
        expires=DAY,
        digest=draw(st.sampled_from(["", "sha256:1"])),
    )


def exactly(violation: Violation) -> Waiver:
    """The narrowest waiver of a violation."""
    return Waiver(
        id="x",
        kind=violation.kind,
        selector="environments",
        selected=(violation.environment.name,),
        rules=(violation.rules[-1].replace("*", r"\*"),),
        resources=(violation.resource,),
        reason="for a reason of some length",
        owner="us",
        created=DAY,
        expires=DAY,
        digest=violation.digest,
    )


STARS = Violation(
    kind="policy", rule="a*", environment=EnvironmentFacts("dev"), resource="a", detail="*"
)


def fits(glob: str, text: str, stops: str = "") -> bool:
    """The same by its definition: `*` is empty, or one more character that does not stop it."""
    if not glob:
        return not text
    if glob.startswith("\\*"):
        return text.startswith("*") and fits(glob[2:], text[1:], stops)
    if glob[0] == "*":
        more = bool(text) and text[0] not in stops and fits(glob, text[1:], stops)
        return fits(glob[1:], text, stops) or more
    return bool(text) and glob[0] == text[0] and fits(glob[1:], text[1:], stops)


def selects(waiver: Waiver, facts: EnvironmentFacts) -> bool:
    own = {"environments": facts.name, "tiers": facts.tier, "targets": facts.target}
    return not waiver.selector or own[waiver.selector] in waiver.selected


@example(waiver=exactly(STARS), violation=STARS)
@given(waivers(), violations)
def test_a_waiver_covers_what_each_of_its_fields_covers(
    waiver: Waiver, violation: Violation
) -> None:
    assert matches(waiver, violation) == (
        waiver.kind == violation.kind
        and selects(waiver, violation.environment)
        and any(
            fits(rule, violation.rule)
            or (violation.detail and fits(rule, f"{violation.rule}[{violation.detail}]"))
            for rule in waiver.rules
        )
        and any(fits(glob, violation.resource, "/") for glob in waiver.resources)
        and (not waiver.digest or waiver.digest == violation.digest)
    )


@given(violations, violations)
def test_the_narrowest_waiver_covers_its_violation_and_no_other(
    violation: Violation, other: Violation
) -> None:
    waiver = exactly(violation)
    assert matches(waiver, violation)
    like = replace(other, environment=violation.environment)
    # A rule alone covers every property of its resource.
    expected = replace(
        like,
        digest=like.digest if violation.digest else "",
        detail=like.detail if violation.detail else "",
    )
    assert matches(waiver, like) == (expected == violation)


@given(violations, globs, globs)
def test_more_rules_and_resources_never_cover_less(
    violation: Violation, rule: str, resource: str
) -> None:
    waiver = exactly(violation)
    more = replace(waiver, rules=(rule, *waiver.rules), resources=(resource, *waiver.resources))
    assert matches(more, violation)


@given(violations)
def test_a_scope_covers_every_environment_that_it_selects(violation: Violation) -> None:
    waiver = exactly(violation)
    facts = violation.environment
    for selector, value in (("tiers", facts.tier), ("targets", facts.target)):
        chosen = replace(waiver, selector=selector, selected=(value or "unknown",))
        assert matches(chosen, violation) == bool(value)
    assert matches(replace(waiver, selector="", selected=()), violation)


def test_a_star_in_a_resource_stays_within_its_component() -> None:
    violation = Violation(
        kind="policy", rule="A", environment=EnvironmentFacts("dev"), resource="A/b/c"
    )
    waiver = exactly(violation)
    assert matches(replace(waiver, resources=("A/*/c",)), violation)
    assert not matches(replace(waiver, resources=("A/*",)), violation)
    assert not matches(replace(waiver, resources=("A/*/*/c",)), violation)


def wider(glob: str, at: int) -> str:
    """Replace one character of a glob by a star; an escaped star counts as one character."""
    parts = re.findall(r"\\\*|.", glob, re.DOTALL)
    return "".join("*" if place == at % len(parts) else part for place, part in enumerate(parts))


def widened(waiver: Waiver, how: str, at: int) -> Waiver:
    """Return a waiver that covers at least as much; `at` is the place of a glob that changes."""
    steps = waiver.resources[0].split("/")
    steps[at % len(steps)] = wider(steps[at % len(steps)], at)
    return {
        "scope": replace(waiver, selector="", selected=()),
        "selected": replace(waiver, selected=(*waiver.selected, "x") if waiver.selector else ()),
        "digest": replace(waiver, digest=""),
        "rules": replace(waiver, rules=(*waiver.rules, "x")),
        "rule": replace(waiver, rules=(wider(waiver.rules[0], at),)),
        "resource": replace(waiver, resources=("/".join(steps),)),
    }[how]


ways = st.sampled_from(["scope", "selected", "digest", "rules", "rule", "resource"])


@given(violations, violations, st.lists(st.tuples(ways, st.integers(0, 9)), max_size=6))
def test_a_wider_waiver_covers_at_least_the_same(
    violation: Violation, other: Violation, changes: list[tuple[str, int]]
) -> None:
    waiver = exactly(violation)
    for how, at in changes:
        covered = matches(waiver, other)
        waiver = widened(waiver, how, at)
        assert matches(waiver, violation)
        assert matches(waiver, other) >= covered


@pytest.mark.parametrize("field", ["kind", "rule", "resource", "digest", "environment", "detail"])
@given(violations, violations)
def test_the_narrowest_waiver_ends_with_each_field_of_its_violation(
    field: str, violation: Violation, other: Violation
) -> None:
    value = getattr(other, field)
    assume(value != getattr(violation, field))
    assume(field != "environment" or value.name != violation.environment.name)
    assume(field not in ("digest", "detail") or getattr(violation, field))
    assert not matches(exactly(violation), replace(violation, **{field: value}))


@given(violations)
def test_a_rule_alone_covers_every_property_and_with_one_only_that(violation: Violation) -> None:
    whole = replace(exactly(violation), rules=(violation.rule.replace("*", r"\*"),))
    assert matches(whole, violation)
    assert matches(whole, replace(violation, detail="elsewhere"))
    if violation.detail:
        assert not matches(exactly(violation), replace(violation, detail="elsewhere"))
        assert not matches(exactly(violation), replace(violation, detail=""))


@given(st.text("ab*", max_size=5), st.text("ab*", max_size=5))
def test_an_escaped_star_is_literal(first: str, second: str) -> None:
    violation = replace(STARS, rule=first, resource=second, detail="")
    waiver = exactly(STARS)
    escaped = replace(waiver, rules=("a" + r"\*",), resources=("b" + r"\*",))
    assert matches(escaped, violation) == ((first, second) == ("a*", "b*"))
