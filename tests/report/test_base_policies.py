"""Each report says whether the policies of the base decide."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest
from msgspec.structs import replace as replaced

from catalog_platform.plan.model import Base
from catalog_platform.policy.results import ScanBase
from catalog_platform.report import plan_html, plan_json, plan_markdown, plan_text, scan
from catalog_platform.report.base_policies import sentence
from support.manifests import SOURCES
from support.plan_models import change, environment, plan
from support.scans import a_context, full_scan

SCANS = ("text", "json", "sarif", "markdown", "html", "github")
PLANS = {
    "text": plan_text.render,
    "json": plan_json.render,
    "markdown": plan_markdown.render,
    "html": plan_html.render,
}


def says(text: str) -> bool:
    """Return whether a report says it; JSON has a key for it."""
    plain = html.unescape(text).replace("<code>", "").replace("</code>", "")
    return sentence("main") in plain or '"policies": true' in text


@pytest.mark.parametrize("policies", [True, False])
@pytest.mark.parametrize("chosen", SCANS)
def test_a_scan(chosen: str, policies: bool) -> None:
    base = ScanBase(reference="main", commit="1" * 40, policies=policies)
    result = replace(full_scan(), base=base)
    assert says(scan.render(result, chosen, SOURCES, a_context())) == policies


@pytest.mark.parametrize("policies", [True, False])
@pytest.mark.parametrize("chosen", PLANS)
def test_a_plan(chosen: str, policies: bool) -> None:
    made = plan(environment("prod", change("Topic")))
    base = Base(ref="main", commit="1" * 40)
    made = replaced(made, base=replaced(base, policies=True) if policies else base)
    assert says(PLANS[chosen](made)) == policies
