"""Renders the JSON documents of platform/templates: the one place of Jinja outside of manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parents[3] / "templates"


def render(name: str, facts: Mapping[str, object]) -> str:
    """The template with the facts in it, as JSON on one line.

    Names that AWS gives are placeholders of the CDK, which pass through as text. Raises
    `json.JSONDecodeError` when the outcome is no JSON, and `TypeError` or `jinja2.UndefinedError`
    for a fact that the template wants and nobody gave.
    """
    jinja = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - JSON, not HTML; the template writes every text with tojson
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return json.dumps(json.loads(jinja.get_template(name).render(facts)), separators=(",", ":"))
