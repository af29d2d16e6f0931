"""docs/merging.md: how files become one environment."""

from __future__ import annotations

from catalog_platform.manifest import extends, merge
from catalog_platform.reference.table import code, table

HEAD = f"""\
# How files become one environment

`environments/defaults.yaml` comes first, then each file that the environment `extends`, in the
order written, then the environment's own file. A later file wins. Files that are only there to be
extended lie in a folder below `environments/`, so that nobody takes them for an environment:

```yaml
# environments/prod.yaml
extends: [shared/three-zones.yaml, shared/large.yaml]
```

A file may extend others in turn, also an environment; one that is reached twice counts once, where
it is reached first. Chains of more than {extends.MAXIMUM_DEPTH} files, more than
{extends.MAXIMUM_FILES} files in all, circles, and paths that lead out of `environments/` (links
followed) are findings.

`catalogctl explain ENV KEY` shows the chain of a key, and marks what counts.

## What happens to a key that two files set
"""
OVERRIDES = """\
## Something else for single keys

A file asks for it under `merge`, by the key's full name:

```yaml
merge:
  network.interface_endpoints: append
  cache: unset
```
"""
AFTER = """\
An override that does nothing is a [finding](rules.md#merge-strategy). A change of type is
[one](rules.md#type-change), too, and names both lines. To leave a key without a value where that is
allowed, set it to `null`.
"""


def page() -> str:
    """The whole page, tables from the ones that merging is done with."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for below, above, does in merge.table():
        grouped.setdefault((below, does), []).append(above)
    rows = [(below, " or ".join(aboves), does) for (below, does), aboves in grouped.items()]
    asked = [(code(name), *about) for name, about in merge.OVERRIDES.items()]
    return "\n".join(
        [
            HEAD,
            table(("in the earlier file", "in the later file", "outcome"), rows),
            OVERRIDES,
            table(("strategy", "of", "what it does"), asked),
            AFTER,
        ]
    )
