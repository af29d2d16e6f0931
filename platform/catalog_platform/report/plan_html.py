"""The plan as one HTML page that needs no network, and no script to be read.

Values come from manifests of a pull request. Jinja escapes all of them, and the page's policy
allows only the style and the script of this repository, by their hash:
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalog_platform.plan import values
from catalog_platform.plan.model import Plan
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plural import plural
from catalog_platform.report import plan_account
from catalog_platform.report.markup import CONTROL
from catalog_platform.report.plan_page import ROOM, is_set, page

FOLDER = Path(__file__).parents[2] / "templates" / "plan"
KEPT = re.compile(r"([\n\t])")
# Longer values and lists are cut, with a note.
VALUE = 2_000
ITEMS = 100


def render(plan: Plan, room: int = ROOM) -> str:
    """Return the page. Changes that don't fit into about `room` characters are counted instead."""
    style, script = ((FOLDER / name).read_text("utf-8") for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        _jinja()
        .get_template("page.html.j2")
        .render(
            plan=plan,
            page=page(plan, room),
            policy=policy,
            style=Markup(style),  # noqa: S704 - a file of this repository
            script=Markup(script),  # noqa: S704 - a file of this repository
        )
    )


@cache
def _jinja() -> Environment:
    jinja = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    jinja.globals.update(ITEMS=ITEMS, plural=plural, is_set=is_set, account_lines=plan_account.text)
    jinja.filters.update(value=_value, document=_document, cut=_cut, blocks=_blocks, words=_words)
    jinja.tests.update(link=_is_link)
    return jinja


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _visible(text: Any) -> Any:
    """Return a text with marks instead of characters that hide or reorder others."""
    if not isinstance(text, str) or isinstance(text, Markup):
        return text
    parts = KEPT.split(text)
    return "".join(part if KEPT.match(part) else CONTROL.sub("\ufffd", part) for part in parts)


def _value(value: Any) -> str:
    return _cut(values.text(value))


def _document(value: Any) -> str:
    return _cut(values.indented(value), 10 * VALUE)


def _cut(text: str, length: int = VALUE) -> str:
    left = len(text) - length
    return text if left <= 0 else f"{text[:length]}… ({plural(left, 'more character')})"


def _blocks(verdict: str) -> bool:
    return Verdict(verdict).blocks


def _words(verdict: str) -> str:
    return verdict.replace("_", " ")


def _is_link(source: str) -> bool:
    return source.startswith("https://")
