"""Jinja templates of HTML pages that need no network, and no script to be read.

Values come from manifests of a pull request. Jinja escapes all of them, and a page's policy allows
only the styles and the script of this repository, by their hash:
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalog_platform.plural import plural
from catalog_platform.report.markup import CONTROL

TEMPLATES = Path(__file__).parents[2] / "templates"
BASE = TEMPLATES / "page" / "base.css"
KEPT = re.compile(r"([\n\t])")
# Longer values are cut, with a note.
LENGTH = 2_000


def page_templates(folder: Path) -> Environment:
    """Return the templates of a page, which escape every value and refuse unknown names."""
    jinja = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    jinja.globals.update(plural=plural)
    jinja.filters.update(cut=cut)
    jinja.tests.update(link=_is_link)
    return jinja


def render(jinja: Environment, folder: Path, **values: Any) -> str:
    """Render `page.html.j2` with the style, and the script if there is one, of its folder."""
    style = BASE.read_text("utf-8") + (folder / "page.css").read_text("utf-8")
    file = folder / "page.js"
    script = file.read_text("utf-8") if file.exists() else ""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; {scripts}"
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return jinja.get_template("page.html.j2").render(
        policy=policy,
        style=Markup(style),  # noqa: S704 - a file of this repository
        script=Markup(script),  # noqa: S704 - a file of this repository
        **values,
    )


def cut(text: str, length: int = LENGTH) -> str:
    """Return the start of a text, and how many characters follow."""
    left = len(text) - length
    return text if left <= 0 else f"{text[:length]}… ({plural(left, 'more character')})"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _visible(text: Any) -> Any:
    """Return a text with marks instead of characters that hide or reorder others."""
    if not isinstance(text, str) or isinstance(text, Markup):
        return text
    parts = KEPT.split(text)
    return "".join(part if KEPT.match(part) else CONTROL.sub("\ufffd", part) for part in parts)


def _is_link(source: str) -> bool:
    return source.startswith("https://")
