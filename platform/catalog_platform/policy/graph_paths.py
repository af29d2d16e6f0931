"""What a policy of checkov's graph evaluates: properties of the resource, and connected resources.

checkov reports the attributes of all parts of such a policy alike, also those of other resources.
Importing this module imports checkov: do so within `isolated()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.graph.checks_infra.base_check import BaseGraphCheck

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.digests import has_path

ANY = {"", "*", "all", "taggable"}


def evaluated(check: BaseGraphCheck, resource: Resource) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the paths that a policy evaluates on a resource, and the types that it connects it to.

    A path ends where the resource has no property any more, but has at least one step.
    """
    paths: list[str] = []
    connected: set[str] = set()
    for part in _parts(check):
        types = {*(part.resource_types or ())}
        is_own = not types or bool(types & {resource.type, *ANY})
        if is_own and part.attribute and part.attribute != "resource_type":
            paths.append(_set_part(resource, part.attribute))
        connected |= types | {*(part.connected_resources_types or ())}
    return tuple(dict.fromkeys(filter(None, paths))), frozenset(connected - {resource.type, *ANY})


def _parts(check: BaseGraphCheck) -> Iterator[BaseGraphCheck]:
    yield check
    for part in check.sub_checks:
        yield from _parts(part)


def _set_part(resource: Resource, attribute: str) -> str:
    """Return the path of an attribute, such as `A.B` or `$.A.B[?(@.C)]`, up to what is set."""
    steps = re.findall(r"[^.\[\]]+", re.split(r"[\[*]", attribute.removeprefix("$."))[0])
    while len(steps) > 1 and not has_path(resource, "/".join(steps)):
        steps.pop()
    return "/".join(steps)
