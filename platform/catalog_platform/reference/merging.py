"""Generator of docs/merging.md, which describes how files are merged."""

from __future__ import annotations

from catalog_platform.manifest import extends, merge
from catalog_platform.reference.table import code, table

HEAD = f"""\
# How files are merged into one environment

`environments/defaults.yaml` comes first, then each file that the environment `extends`, in the
order listed, then the environment's own file. A later file wins. A file that is only meant to be
extended belongs in a folder below `environments/`, because each file directly in `environments/`
is an environment:

```yaml
# environments/prod.yaml
extends: [shared/three-zones.yaml, shared/large.yaml]
```

Extended files can extend further files, and a file can extend an environment. A file that is
reached twice is merged once, at its first position. These are errors: chains of more than
{extends.MAXIMUM_DEPTH} files, more than {extends.MAXIMUM_FILES} files in total, cycles, and paths
outside `environments/` (after symbolic links are resolved).

`catalogctl explain ENV KEY` shows every file that sets a key, and marks the effective value.

## A key that two files set
"""
OVERRIDES = """\
## Override the strategy for a key

A file selects another strategy under `merge`, by the key's full name:

```yaml
merge:
  network.interface_endpoints: append
  cache: unset
```
"""
AFTER = """\
An override without effect is an [error](rules.md#merge-strategy). A change of type is an
[error](rules.md#type-change), too; its message names both lines. To leave a key without a value
where that is allowed, set it to `null`.
"""


def page() -> str:
    """Return the text of the page; its tables are generated from those of `manifest.merge`."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for earlier, later, result in merge.table():
        grouped.setdefault((earlier, result), []).append(later)
    rows = [(earlier, " or ".join(types), result) for (earlier, result), types in grouped.items()]
    overrides = [(code(name), *about) for name, about in merge.OVERRIDES.items()]
    return "\n".join(
        [
            HEAD,
            table(("in the earlier file", "in the later file", "result"), rows),
            OVERRIDES,
            table(("strategy", "applies to", "effect"), overrides),
            AFTER,
        ]
    )
