"""Name what each result of a scan comes from: the code, and the manifest key that decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalog_platform.manifest import Manifests, Resolved
from catalog_platform.policy.anchors.constructs import construct_index
from catalog_platform.policy.anchors.deciding_keys import deciding_keys
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.workspace import DEFAULTS

# Some policies report this when they have looked at the whole resource.
WHOLE = "Properties"
# Policies about connected resources report this, and properties of all of them.
CONNECTED = "resource_type"


def anchored(result: ScanResult, manifests: Manifests) -> ScanResult:
    """Return the scan with the source of each result, and the key and line that decide it.

    Without a key, the line is that of the section. If only the code decides, the hint says so.
    """
    if not result.results:
        return result
    results = (_anchored(each, manifests.resolve(each.environment)) for each in result.results)
    return replace(result, results=tuple(results))


def measured_keys(result: PolicyResult) -> tuple[str, ...]:
    """Return the keys that decide the violating properties, the most specific first.

    A policy about connected resources names properties of all of them, so their section counts.
    """
    keys = deciding_keys()
    of_construct = keys.in_section if CONNECTED in result.paths else keys.of
    return of_construct(result.resource, _properties(result))


def _properties(result: PolicyResult) -> list[str]:
    return [path for path in result.paths if path not in (WHOLE, CONNECTED)]


def _anchored(result: PolicyResult, resolved: Resolved) -> PolicyResult:
    source = construct_index().source(result.resource)
    deciding = [key for key in measured_keys(result) if key in resolved]
    fixing = [key for key in result.fixing_keys if key in resolved]
    key = _chosen(deciding, fixing, resolved, result.section)
    if key:
        return replace(result, source=source, key=key, location=resolved[key].location)
    hint = result.hint
    if source is not None and _properties(result) and CONNECTED not in result.paths:
        hint = f"no manifest key decides this: see {source.file}:{source.line}"
        hint += f"; {result.hint}" if result.hint else ""
    return replace(result, source=source, hint=hint)


def _chosen(
    deciding: Sequence[str], fixing: Sequence[str], resolved: Resolved, section: str
) -> str:
    """Return the key to name, or an empty string.

    Of the keys that decide, it is one that the policy names; otherwise one that the environment's
    files set, rather than the defaults. Then come those that the policy names. Of equal ones, that
    of the construct's own section comes first, then the most specific.
    """

    def order(key: str) -> tuple[bool, bool]:
        return (_is_default(key, resolved), key.partition(".")[0] != section)

    both = [key for key in deciding if key in fixing]
    own = [key for key in deciding if not _is_default(key, resolved)]
    candidates = both or own or fixing or deciding
    return min(candidates, key=order, default="")


def _is_default(key: str, resolved: Resolved) -> bool:
    return resolved[key].location.file == f"environments/{DEFAULTS}.yaml"
