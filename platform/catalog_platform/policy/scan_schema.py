"""The JSON Schema of a scan, generated from its types."""

from __future__ import annotations

import json

import msgspec

from catalog_platform.policy.scan_model import Scan

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def text() -> str:
    """Return the schema as `docs/scan.schema.json` has it.

    A key that may be absent isn't required, and no key may be null. Readers must accept keys that
    a later version adds.
    """
    generated = msgspec.json.schema(Scan)
    scan, result = (generated["$defs"][name] for name in ("Scan", "Result"))
    # These have a default in Python, and are always printed.
    for kind, key in ((scan, "schema_version"), (result, "causes")):
        del kind["properties"][key]["default"]
        kind["required"] = [key, *kind["required"]]
    return json.dumps({"$schema": DRAFT, **generated}, indent=2, ensure_ascii=False) + "\n"
