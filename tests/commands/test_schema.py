from __future__ import annotations

import json
import re

from catalog_platform.commands import schema
from support.manifests import DEFAULTS, VALID, a_repository


def without_defaults(text: str) -> str:
    """Return a schema without default values, which are data and may change."""
    return re.sub(r'\\n\\nDefault: (\\.|[^"\\])*', "", text)


def test_the_schema_is_printed_as_it_is_committed_but_for_defaults(repository, capsys):
    assert schema.run(repository, of="manifest") == 0
    printed = without_defaults(capsys.readouterr().out)
    committed = (repository.root / "platform/schema/manifest.schema.json").read_text()
    assert printed == without_defaults(committed), "run `make golden`"
    assert "Default: " not in printed


def test_a_default_is_in_what_an_editor_shows_and_nothing_else_depends_on_it(tmp_path):
    before = schema.text(a_repository(tmp_path / "a", sample=VALID))
    other = DEFAULTS.replace("shards: 2", 'shards: "{{ 6 }}"')
    after = schema.text(a_repository(tmp_path / "b", defaults=other, sample=VALID))
    shards = json.loads(after)["properties"]["stream"]["properties"]["shards"]
    assert 'Default: `"{{ 6 }}"`' in shards["markdownDescription"]
    assert before != after
    assert without_defaults(before) == without_defaults(after)


def test_the_schema_of_a_plan_is_printed_as_it_is_committed(repository, capsys):
    assert schema.run(repository, of="plan") == 0
    committed = (repository.root / "docs" / "plan.schema.json").read_text()
    assert capsys.readouterr().out == committed, "run `make golden`"


def test_the_schema_of_a_scan_is_printed_as_it_is_committed(repository, capsys):
    assert schema.run(repository, of="scan") == 0
    committed = (repository.root / "docs" / "scan.schema.json").read_text()
    assert capsys.readouterr().out == committed, "run `make golden`"
