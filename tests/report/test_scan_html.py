"""The scan as an HTML page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace

import hypothesis
import pytest
from hypothesis import strategies as st

from catalog_platform.policy.history import History
from catalog_platform.policy.results import ScanResult
from catalog_platform.report.scan_html import render
from support.manifests import SOURCES
from support.parsed_page import Parsed, structure
from support.plans_hostile import HOSTILE
from support.scans import (
    a_context,
    a_problem,
    full_context,
    full_scan,
    hostile_context,
    hostile_scan,
)

FULL = render(full_scan(), SOURCES, full_context())


def test_each_finding_can_be_traced_to_template_manifest_and_construct() -> None:
    text = Parsed(FULL).text
    for part in (
        "1 finding must be corrected or waived",
        "2030-06-25 09:30 UTC",
        f"{'2' * 40} with local changes",
        "origin/main ( 111111111111 )",
        "catalogctl 0.1.0, checkov 3.3.30",
        f"SHA-256 {'d' * 64}",
        "Database/Instance/Resource (AWS::RDS::DBInstance)",
        "environments/prod.yaml:30 database.public",
        "platform/catalog_platform/infra/database.py:88",
        "PubliclyAccessible",
        "DatabaseInstance1 in catalog-prod.template.json",
        "DevQueue in catalog-dev.template.json",
        f"sha256:{'a' * 64}",
        "https://docs.example.com/general-17",
    ):
        assert part in text


def test_waivers_problems_fixed_trend_and_evidence_are_there() -> None:
    text = Parsed(FULL).text
    for part in (
        "5 days left queue-without-encryption",
        "ticket CAT-12",
        "owner catalog-team",
        "The queue holds no data of customers.",
        "valid 2030-01-01 to 2030-06-30",
        "policies/waivers.yaml:12 the waiver queue-without-encryption expires",
        "Findings of origin/main that are gone",
        "prod. From 2030-06-01 to 2030-06-25: failed from 6 to 2 and waived from 5 to 4.",
        "CIS AWS Foundations Benchmark v7.0.0 : 1 control, 1 with failures",
        "3.2.3 Keep databases out of the internet CKV_AWS_17",
        "Data is open.",
    ):
        assert part in text
    assert "CKV_NOT_RUN" not in text


def test_it_is_one_file_whose_policy_allows_its_own_style_and_no_script() -> None:
    found = Parsed(FULL)
    (policy,) = [
        values["content"] or ""
        for _, values in found.tags
        if values.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = re.findall("<style>(.*?)</style>", FULL, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "script" not in [tag for tag, _ in found.tags]
    assert found.attributes("src") == found.attributes("style") == []
    assert {each for each in found.attributes("href") if not each.startswith("#")} == {
        "data:,",
        "https://docs.example.com/general-17",
    }


def test_the_headings_have_one_root_and_skip_no_level() -> None:
    levels = [int(tag[1]) for tag, _ in Parsed(FULL).tags if re.fullmatch(r"h\d", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))


def test_ids_are_unique_and_references_lead_to_them() -> None:
    found = Parsed(FULL)
    ids = Counter(found.attributes("id"))
    assert [name for name, number in ids.items() if number > 1] == []
    fragments = [each[1:] for each in found.attributes("href") if each.startswith("#")]
    assert {*found.attributes("aria-labelledby"), *fragments} <= ids.keys()


def test_each_table_has_a_caption_and_each_header_a_scope() -> None:
    tags = Parsed(FULL).tags
    names = Counter(tag for tag, _ in tags)
    assert names["table"] == names["caption"] > 8
    scopes = {values.get("scope") for tag, values in tags if tag == "th"}
    assert scopes == {"row", "col", "colgroup"}


def test_a_clean_scan_and_one_that_was_prevented_say_so() -> None:
    clean = ScanResult(environments=full_scan().environments)
    text = Parsed(render(clean, SOURCES, a_context())).text
    for part in ("No finding is an error", "No policy fails", "No failure is waived"):
        assert part in text
    prevented = ScanResult(problems=(a_problem(message="the manifest is wrong"),))
    text = Parsed(render(prevented, SOURCES, a_context(commit=""))).text
    assert "Nothing was scanned" in text
    assert "the manifest is wrong" in text


def test_parts_that_are_empty_are_not_in_the_contents() -> None:
    scan = replace(full_scan(), base=None, problems=())
    links = Parsed(render(scan, SOURCES, a_context())).attributes("href")
    assert {"#problems", "#fixed", "#trend", "#evidence"}.isdisjoint(links)
    assert {"#posture", "#findings", "#waivers", "#policies"} <= {*links}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_in_every_place_stays_text(hostile: str) -> None:
    texts = [render(hostile_scan(each), SOURCES, hostile_context(each)) for each in (hostile, "x")]
    assert structure(texts[0]) == structure(texts[1])
    assert not re.search("[\x00-\x08\u202a-\u202e\u2066-\u2069]", texts[0])


@hypothesis.settings(max_examples=30, deadline=None)
@hypothesis.given(st.text(min_size=1).filter(lambda text: not text.startswith("https://")))
def test_no_text_can_change_the_markup(text: str) -> None:
    calm = structure(render(hostile_scan("x"), SOURCES, hostile_context("x")))
    assert structure(render(hostile_scan(text), SOURCES, hostile_context(text))) == calm


def test_an_address_is_a_link_only_if_it_is_one() -> None:
    text = render(hostile_scan("javascript:alert(1)"), SOURCES, hostile_context("x"))
    assert "javascript:alert(1)" not in Parsed(text).attributes("href")


def test_a_history_without_this_environment_has_no_chart() -> None:
    context = replace(full_context(), history=History(()))
    assert "svg" not in [tag for tag, _ in Parsed(render(full_scan(), SOURCES, context)).tags]
