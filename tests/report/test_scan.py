"""A scan in each format."""

from __future__ import annotations

import json

import pytest

from catalog_platform import report
from catalog_platform.report import scan
from support.manifests import SOURCES
from support.scans import full_context, full_scan


@pytest.mark.parametrize("chosen", scan.FILES.values())
def test_each_format_names_the_failing_resource(chosen: str) -> None:
    text = scan.render(full_scan(), chosen, SOURCES, full_context())
    assert "Database/Instance/Resource" in text
    if chosen in ("json", "sarif"):
        json.loads(text)


@pytest.mark.parametrize("chosen", ["sarif", "github"])
def test_sarif_and_annotations_have_the_findings(chosen: str) -> None:
    found = scan.render(full_scan(), chosen, SOURCES, full_context())
    assert found == report.render(full_scan().findings, chosen, SOURCES)
