from __future__ import annotations

import pytest

from catalog_platform import report
from support.manifests import SOURCES, a_finding


@pytest.mark.parametrize("name", report.FORMATS)
def test_every_format_is_reached_by_its_name(name):
    assert report.render([a_finding()], name, SOURCES) == report.FORMATS[name](
        [a_finding()], SOURCES
    )


def test_a_command_whose_formats_are_no_reports_gets_its_findings_as_text():
    assert report.render([a_finding()], "yaml", SOURCES) == report.render(
        [a_finding()], "text", SOURCES
    )
