"""The plan as one HTML page that needs no network, and no script to be read."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from catalog_platform.plan import values
from catalog_platform.plan.model import Plan
from catalog_platform.plan.verdict import Verdict
from catalog_platform.report import base_policies, html_page, plan_account
from catalog_platform.report.html_page import LENGTH, cut
from catalog_platform.report.plan_page import ROOM, is_set, page

FOLDER = html_page.TEMPLATES / "plan"
# Longer lists are cut, with a note.
ITEMS = 100


def render(plan: Plan, room: int = ROOM) -> str:
    """Return the page. Changes that don't fit into about `room` characters are counted instead."""
    return html_page.render(_jinja(), FOLDER, plan=plan, page=page(plan, room))


@cache
def _jinja() -> Environment:
    jinja = html_page.page_templates(FOLDER)
    jinja.globals.update(
        ITEMS=ITEMS,
        is_set=is_set,
        account_lines=plan_account.text,
        base_policies=base_policies.sentence,
    )
    jinja.filters.update(value=_value, document=_document, blocks=_blocks, words=_words)
    return jinja


def _value(value: Any) -> str:
    return cut(values.text(value))


def _document(value: Any) -> str:
    return cut(values.indented(value), 10 * LENGTH)


def _blocks(verdict: str) -> bool:
    return Verdict(verdict).blocks


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")
