"""The plan as an HTML page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from catalog_platform.plan.model import (
    KeyChange,
    Property,
)
from catalog_platform.report.html_page import LENGTH
from catalog_platform.report.plan_html import render
from support.parsed_page import Parsed, structure
from support.plan_models import change, environment, full_plan, plan
from support.plans_hostile import HOSTILE, filled_with


def shown(*environments: Any) -> Parsed:
    return Parsed(render(plan(*environments)))


def test_it_has_environments_keys_values_causes_cost_and_acknowledgements() -> None:
    text = Parsed(render(full_plan())).text
    for part in (
        "1 unknown, 1 renamed, 1 unchanged",
        "1 change to acknowledge or correct",
        "renamed from prod",
        "+2.50 USD",
        "730 hours a month",
        "requests of the stream",
        "f.yaml:2",
        "tags.owner , code",
        "platform/a.py",
        "Acknowledged by shop until 2030-01-01: agreed",
        "Key → then this",
        "code: platform/a.py",
    ):
        assert part.replace(" ,", ",") in text


def test_it_is_one_file_whose_policy_allows_its_own_style_and_script_only() -> None:
    text = render(full_plan())
    found = Parsed(text)
    (policy,) = [
        values["content"] or ""
        for _, values in found.tags
        if values.get("http-equiv") == "Content-Security-Policy"
    ]
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert found.attributes("src") == found.attributes("style") == []
    assert {each for each in found.attributes("href") if not each.startswith("#")} == {
        "data:,",
        "https://docs.aws.amazon.com/a",
    }


def test_the_headings_have_one_root_and_skip_no_level() -> None:
    levels = [int(tag[1]) for tag, _ in Parsed(render(full_plan())).tags if re.match(r"h\d", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


def test_ids_are_unique_and_references_lead_to_them() -> None:
    found = Parsed(render(full_plan()))
    ids = Counter(found.attributes("id"))
    assert [name for name, number in ids.items() if number > 1] == []
    references = [*found.attributes("aria-labelledby"), *found.attributes("aria-describedby")]
    labels = [name for each in references for name in each.split()]
    fragments = [each[1:] for each in found.attributes("href") if each.startswith("#")]
    assert {*labels, *fragments, *found.attributes("for")} <= ids.keys()


def test_each_table_has_a_caption_and_each_header_a_scope() -> None:
    tags = Parsed(render(full_plan())).tags
    names = Counter(tag for tag, _ in tags)
    assert names["table"] == names["caption"] > 3
    assert all(values.get("scope") in ("row", "col") for tag, values in tags if tag == "th")


def test_an_unchanged_plan_has_the_table_only() -> None:
    found = shown(environment("idle", status="unchanged"))
    assert "idle" in found.text
    assert "form" not in [tag for tag, _ in found.tags]
    assert "There are no environments" in shown().text


def test_the_command_that_reproduces_it_names_a_single_environment() -> None:
    one, two = environment("a"), environment("b")
    assert "catalogctl plan a --base 111111111111" in shown(one).text
    assert "catalogctl plan --base 111111111111" in shown(one, two).text


def test_absent_is_not_null() -> None:
    rows = [
        Property(path="A", old=None, new="x", verdict="safe", requires="update"),
        Property(path="B", new="x", verdict="safe", requires="update"),
    ]
    text = shown(environment("a", change("A", properties=rows))).text
    assert "A null → becomes x" in text
    assert "B unset → becomes x" in text


def test_a_folded_document_is_shown_on_request_and_a_secret_never() -> None:
    document = {"Statement": [{"Resource": {"Ref": "Key"}}]}
    rows = [
        Property(
            path="PolicyDocument",
            old=document,
            new='{"a": 1}',
            verdict="safe",
            requires="update",
            folded=True,
        )
    ]
    text = render(plan(environment("a", change("A", properties=rows))))
    assert "<summary>changes</summary>" in text
    assert "&#34;Resource&#34;: &#34;${Key}&#34;" in text
    assert "{\n  &#34;a&#34;: 1\n}" in text
    assert "<summary>changes</summary>" not in render(full_plan())


def test_long_values_and_lists_are_cut_with_a_note() -> None:
    row = Property(path="A", old="o" * 9000, new="n", verdict="safe", requires="update")
    keys = [KeyChange(key=f"k{at}", new=1, file="f.yaml", line=at) for at in range(150)]
    found = shown(environment("a", change("A", properties=[row] * 150), keys=keys)).text
    assert f"({9000 - LENGTH:,} more characters)" in found
    assert "50 more properties" in found
    assert "50 more keys" in found


def test_a_plan_of_everything_stays_small_and_counts_what_it_leaves_out() -> None:
    rows = [change(f"S{at}", properties=[]) for at in range(170)]
    text = render(plan(*(environment(f"e{at}", *rows) for at in range(200))), room=500_000)
    assert len(text) < 3_000_000
    assert "The page has no room for 170 more changes" in text


def test_a_source_that_is_no_page_is_text() -> None:
    found = shown(environment("a", change("A", source="javascript:alert(1)")))
    assert "javascript:alert(1)" in found.text
    assert "javascript:alert(1)" not in found.attributes("href")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_in_every_place_stays_text(hostile: str) -> None:
    assert structure(render(filled_with(hostile))) == structure(render(filled_with("x")))


@hypothesis.settings(max_examples=40)
@hypothesis.given(st.text(min_size=1))
@hypothesis.example("https://")
def test_no_text_can_change_the_markup(text: str) -> None:
    made = render(filled_with(text))
    harmless = "https://x" if text.startswith("https://") else "x"  # a page is a link
    assert structure(made) == structure(render(filled_with(harmless)))
    assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069]", made)
