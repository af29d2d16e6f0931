"""Render the Jinja templates of JSON documents in platform/templates."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parents[3] / "templates"


def render(name: str, variables: Mapping[str, object]) -> str:
    """Render a template with the variables, and return the JSON on one line.

    Names that AWS generates are CDK tokens, which are rendered as text. Raises
    `json.JSONDecodeError` if the result isn't valid JSON, and `TypeError` or
    `jinja2.UndefinedError` if a variable is missing.
    """
    text = _environment(FOLDER).get_template(name).render(variables)
    return json.dumps(json.loads(text), separators=(",", ":"))


@functools.cache
def _environment(folder: Path) -> Environment:
    """Return the environment of a folder. It keeps the compiled templates for later stacks."""
    return Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - JSON, not HTML; the template escapes texts with tojson
        trim_blocks=True,
        lstrip_blocks=True,
    )
