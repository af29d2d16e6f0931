from __future__ import annotations

import json

from catalog_platform.commands import schema


def test_the_schema_is_printed_as_it_is_committed(repository, capsys):
    assert schema.run(repository) == 0
    printed = capsys.readouterr().out
    committed = (repository.root / "platform/schema/manifest.schema.json").read_text()
    assert printed == committed, "run `make golden`"
    shards = json.loads(printed)["properties"]["stream"]["properties"]["shards"]
    assert "Default: `2`" in shards["markdownDescription"]
