"""A scan in each format."""

from __future__ import annotations

import json

import pytest

from catalog_platform.report import scan
from support.manifests import SOURCES
from support.scans import full_context, full_scan


@pytest.mark.parametrize("chosen", scan.FILES.values())
def test_each_format_names_the_failing_resource(chosen: str) -> None:
    text = scan.render(full_scan(), chosen, SOURCES, full_context())
    assert "Database/Instance/Resource" in text
    if chosen in ("json", "sarif"):
        json.loads(text)


def test_an_unknown_format_is_an_error() -> None:
    with pytest.raises(KeyError, match="yaml"):
        scan.render(full_scan(), "yaml", SOURCES, full_context())
