"""The page of a scan in a real browser."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from catalog_platform.policy.results import ScanResult
from catalog_platform.report.scan_context import ScanContext
from catalog_platform.report.scan_html import render
from support.browser import NAMES, Browser, browser, installed
from support.contrasts import CONTRASTS
from support.manifests import SOURCES
from support.plans_hostile import HOSTILE
from support.scans import (
    PROD,
    WAIVED,
    full_context,
    full_scan,
    hostile_context,
    hostile_scan,
)

pytestmark = pytest.mark.e2e

# A4 without the margins of the page's style, in CSS pixels (96 per inch).
PAPER = round((210 - 2 * 14) / 25.4 * 96)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = installed()
    if program is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is in PATH")
    with browser(program, tmp_path_factory.mktemp("profile")) as found:
        yield found


def show(opened: Browser, folder: Path, scan: ScanResult, context: ScanContext) -> None:
    """Open the page of a scan."""
    file = folder / "scan.html"
    file.write_text(render(scan, SOURCES, context))
    opened.open(file.as_uri())


def wide_scan() -> ScanResult:
    """Return a scan of four environments with long names, as wide as a page gets."""
    full = full_scan()
    names = [f"environment-with-a-long-name-{at}" for at in range(4)]
    long = replace(full.results[-1], resource="A" * 300, key="k." * 90, digest="d" * 71)
    return replace(
        full,
        environments=tuple(replace(PROD, name=each) for each in names),
        results=tuple(replace(each, environment=name) for name in names for each in (long, WAIVED)),
        checks=tuple(
            replace(each, environment=name, passed=1000)
            for name in names
            for each in full.checks[:4]
        ),
    )


def resize(opened: Browser, width: int) -> None:
    """Give the page a width in CSS pixels."""
    opened.send(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=900,
        deviceScaleFactor=1,
        mobile=False,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_quiet_requests_nothing_and_can_be_read(
    opened: Browser, tmp_path: Path, scheme: str
) -> None:
    opened.scheme(scheme)
    show(opened, tmp_path, full_scan(), full_context())
    assert opened.problems() == []
    assert opened.requests() == []
    assert opened.evaluate("document.querySelectorAll('article.finding').length") == 2
    opened.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    found = opened.evaluate(CONTRASTS)
    assert len(found) > 150
    assert [each for each in found if each[0] < 4.5] == []


@pytest.mark.parametrize("width", [390, 768, 1200])
def test_nothing_is_wider_than_the_screen(opened: Browser, tmp_path: Path, width: int) -> None:
    resize(opened, width)
    for scan in (full_scan(), wide_scan()):
        show(opened, tmp_path, scan, full_context())
        opened.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert opened.evaluate(OVERFLOW) == 0


def test_what_is_too_wide_is_noticed(opened: Browser, tmp_path: Path) -> None:
    resize(opened, 390)
    show(opened, tmp_path, full_scan(), full_context())
    opened.evaluate("document.querySelector('h1').style.width = '500px'")
    assert opened.evaluate(OVERFLOW) > 0


def test_paper_has_all_that_is_folded_within_its_width(opened: Browser, tmp_path: Path) -> None:
    resize(opened, PAPER)
    opened.send("Emulation.setEmulatedMedia", media="print")
    try:
        for scan in (full_scan(), wide_scan()):
            show(opened, tmp_path, scan, full_context())
            tables = "[...document.querySelectorAll('table')].map(e => e.checkVisibility())"
            assert {*opened.evaluate(tables)} == {True}
            assert opened.evaluate(OVERFLOW) == 0
            printed = opened.send("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
            pages = re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"]))
            assert 2 <= len(pages) <= 20
    finally:
        opened.send("Emulation.setEmulatedMedia", media="")


def test_what_a_screen_reader_gets(opened: Browser, tmp_path: Path) -> None:
    show(opened, tmp_path, full_scan(), full_context())
    opened.send("Accessibility.enable")
    found: dict[str, list[str]] = {}
    for node in opened.send("Accessibility.getFullAXTree")["nodes"]:
        if not node["ignored"]:
            name = node.get("name", {}).get("value", "")
            found.setdefault(node["role"]["value"], []).append(name)
    for landmark in ("banner", "main", "navigation", "contentinfo"):
        assert landmark in found
    assert "Policies by severity" in found["table"]
    assert all(found["table"])
    assert all(found["article"])
    assert all(found["region"])
    charts = [name for name in found["image"] if name.startswith("prod. From 2030-06-01")]
    assert len(charts) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_of_others_runs(opened: Browser, tmp_path: Path, hostile: str) -> None:
    show(opened, tmp_path, hostile_scan(hostile), hostile_context(hostile))
    assert opened.evaluate("window.attacked === undefined")
    assert opened.problems() == []
    assert opened.requests() == []
