"""The page of a plan in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_platform.plan.model import Plan
from catalog_platform.report.plan_html import render
from support.browser import NAMES, Browser, browser, installed
from support.contrasts import CONTRASTS
from support.plan_models import change, environment, full_plan, plan
from support.plans_hostile import HOSTILE, filled_with

pytestmark = pytest.mark.e2e

FOCUSED = "document.activeElement.name || document.activeElement.type || ''"
SHOWN = "[...document.querySelectorAll('article')].filter(e => e.checkVisibility()).length"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = installed()
    if program is None:
        pytest.skip(f"no browser is installed: none of {', '.join(NAMES)} is in PATH")
    with browser(program, tmp_path_factory.mktemp("profile")) as found:
        yield found


def show(opened: Browser, folder: Path, shown: Plan | str) -> None:
    """Open the page of a plan."""
    file = folder / "plan.html"
    file.write_text(shown if isinstance(shown, str) else render(shown))
    opened.open(file.as_uri())


def varied() -> Plan:
    """Return a plan with each verdict, and with two environments and causes."""
    verdicts = (
        "safe",
        "interrupts",
        "orphaned",
        "unprotected",
        "irreversible",
        "at_risk",
        "lost",
        "rejected",
    )
    rows = [change(f"S{at}/x", verdict=each, blocking=True) for at, each in enumerate(verdicts)]
    other = change("Other/x", group="cache.port", verdict="lost")
    return plan(
        environment("one", *rows, verdict="rejected"),
        environment("two", other, verdict="lost"),
        *full_plan().environments,
    )


def tab_to(opened: Browser, name: str) -> None:
    """Move the focus with the tabulator to a field."""
    for _ in range(80):
        if opened.evaluate(FOCUSED) == name:
            return
        opened.press("Tab")
    raise AssertionError(f"{name} isn't reached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_quiet_requests_nothing_and_can_be_read(
    opened: Browser, tmp_path: Path, scheme: str
) -> None:
    opened.scheme(scheme)
    show(opened, tmp_path, varied())
    assert opened.problems() == []
    assert opened.requests() == []
    back = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")
    opened.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    found = opened.evaluate(CONTRASTS)
    assert len(found) > 100
    assert [each for each in found if each[0] < 4.5] == []


def test_a_low_contrast_and_a_blocked_script_are_noticed(opened: Browser, tmp_path: Path) -> None:
    text = render(varied()).replace("<h1>", '<h1 style="color: red"><script>1</script>')
    show(opened, tmp_path, text)
    assert len(opened.problems()) == 2
    opened.evaluate("document.querySelector('h1').style.color = '#999'")
    opened.evaluate("document.body.style.backgroundColor = '#aaa'")
    assert [each for each in opened.evaluate(CONTRASTS) if each[0] < 4.5]


def test_the_filter_works_with_the_keyboard(opened: Browser, tmp_path: Path) -> None:
    show(opened, tmp_path, varied())
    every = opened.evaluate("document.querySelectorAll('article').length")
    result = "document.getElementById('filter-result').textContent"
    assert opened.evaluate(result) == f"{every} of {every} changes shown"
    tab_to(opened, "verdict")
    opened.press(" ")  # the worst verdict
    assert opened.evaluate(result) == f"{every - 1} of {every} changes shown"
    tab_to(opened, "environment")
    opened.press("t")
    assert opened.evaluate(result) == f"1 of {every} changes shown"
    assert opened.evaluate(SHOWN) == 1
    sections = "[...document.querySelectorAll('main .environment')].map(e => e.hidden)"
    assert opened.evaluate(sections).count(False) == 1
    tab_to(opened, "reset")
    opened.press("Enter")
    opened.evaluate("new Promise(done => setTimeout(done, 50))")
    assert opened.evaluate(result) == f"{every} of {every} changes shown"
    tab_to(opened, "verdict")


def test_a_cause_can_be_chosen_and_opens_its_groups(opened: Browser, tmp_path: Path) -> None:
    rows = [change(f"S{at}/x", group=("cache.port", "a.b")[at % 2]) for at in range(8)]
    show(opened, tmp_path, plan(environment("one", *rows)))
    assert opened.evaluate("document.querySelectorAll('.group[open]').length") == 0
    tab_to(opened, "cause")
    opened.press("c")
    assert opened.evaluate(SHOWN) == 4
    assert opened.evaluate("document.querySelectorAll('.group[open]').length") == 1


def test_what_a_screen_reader_gets(opened: Browser, tmp_path: Path) -> None:
    show(opened, tmp_path, full_plan())
    opened.send("Accessibility.enable")
    nodes = opened.send("Accessibility.getFullAXTree")["nodes"]
    found: dict[str, list[str]] = {}
    for node in nodes:
        if not node["ignored"]:
            name = node.get("name", {}).get("value", "")
            found.setdefault(node["role"]["value"], []).append(name)
    for landmark in ("banner", "main", "search", "contentinfo"):
        assert landmark in found
    assert found["search"] == ["Filter the changes"]
    assert "3 environments, the worst first" in found["table"]
    assert "Sections of production that change" in found["image"]
    assert all(found["combobox"])
    assert {"lost", "at risk", "interrupts"} == {*found["checkbox"]}
    assert all(found["region"])


def test_the_page_is_complete_without_scripts(opened: Browser, tmp_path: Path) -> None:
    opened.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        show(opened, tmp_path, full_plan())
        assert opened.evaluate("document.getElementById('filter').checkVisibility()") is False
        assert opened.evaluate(SHOWN) == 3
    finally:
        opened.send("Emulation.setScriptExecutionDisabled", value=False)


def test_paper_shows_what_is_folded_on_the_screen(opened: Browser, tmp_path: Path) -> None:
    rows = [change(f"S{at}/x") for at in range(20)]
    show(opened, tmp_path, plan(environment("one", *rows)))
    shown = "[...document.querySelectorAll('article table')].map(e => e.checkVisibility())"
    assert {*opened.evaluate(shown)} == {False}
    opened.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert {*opened.evaluate(shown)} == {True}
    finally:
        opened.send("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_values_do_not_run(opened: Browser, tmp_path: Path, hostile: str) -> None:
    show(opened, tmp_path, filled_with(hostile))
    opened.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    opened.evaluate("document.querySelectorAll('summary, a').forEach(e => e.focus())")
    assert opened.problems() == []
    assert opened.requests() == []
    assert opened.evaluate("window.attacked === undefined")
    assert opened.evaluate("document.querySelectorAll('script, img, iframe').length") == 1


def test_the_page_can_not_load_or_send_anything(opened: Browser, tmp_path: Path) -> None:
    show(opened, tmp_path, full_plan())
    opened.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/a.png'}))"
    )
    blocked = opened.evaluate("fetch('http://127.0.0.1:9/').then(() => false, () => true)")
    assert blocked
    problems = json.dumps(opened.problems())
    assert "Content Security Policy" in problems
