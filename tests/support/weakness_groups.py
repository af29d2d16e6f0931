"""Divides planted weaknesses into groups that do not affect each other's results."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from support.synthesis import Template
from support.weaknesses import ALL, ITSELF, Planter, Weakness

# More resources than these refer to the key and the VPC, which are not counted as neighbours.
MOST_NEIGHBOURS = 20
Group = list[Weakness]


class Neighbourhood:
    """Which resources of a template a weakness can affect: those that refer to each other."""

    def __init__(self, template: Template, planter: Planter) -> None:
        self._template = template
        self._planter = planter
        self._neighbours = _neighbours(template.resources)
        self._near: dict[str, set[str]] = {}

    def groups(self, weaknesses: Sequence[Weakness], *, apart: bool = False) -> list[Group]:
        """Divide weaknesses into groups that can be scanned together.

        With `apart`, resources of two of them also have no neighbour in common.
        """
        groups: list[Group] = []
        for weakness in sorted(weaknesses, key=lambda each: -len(self._next_to(each))):
            for members in groups:
                if not any(self._are_close(weakness, other, apart) for other in members):
                    members.append(weakness)
                    break
            else:
                groups.append([weakness])
        return groups

    def causes(self, logical_id: str, members: Sequence[Weakness]) -> Sequence[Weakness]:
        """Return the weaknesses to which a result of a resource can be due."""
        own = [each for each in members if logical_id in self._planter.logical_ids(each)]
        return own or [each for each in members if logical_id in self._next_to(each)] or members

    def _next_to(self, weakness: Weakness) -> set[str]:
        """Return the logical ids of the resources that a weakness changes, and their neighbours.

        The removal of a resource also changes those that refer to it.
        """
        if weakness.id not in self._near:
            ids = self._planter.logical_ids(weakness)
            resources = self._template.resources
            near = ids.union(*(self._neighbours.get(each, ()) for each in ids))
            near |= _mentioned(weakness.edits, self._template.logical_ids)
            near |= {
                other for each in ids & resources.keys() for other in _mentions(each, resources)
            }
            if weakness.edits.keys() & {ITSELF, ALL}:
                # What refers to a removed resource changes too, and can affect its own neighbours.
                close = (self._neighbours.get(each, set()) for each in near)
                near = near.union(*(each for each in close if len(each) <= MOST_NEIGHBOURS))
            self._near[weakness.id] = near
        return self._near[weakness.id]

    def _are_close(self, one: Weakness, other: Weakness, apart: bool) -> bool:
        """Return whether a resource of one is next to one of the other, or to a neighbour of it."""
        own, near = self._planter.logical_ids, self._next_to
        common = near(one) & near(other) if apart else ()
        is_close = own(one) & near(other) or own(other) & near(one)
        return bool(is_close) or any(
            len(self._neighbours.get(each, ())) <= MOST_NEIGHBOURS for each in common
        )


def _neighbours(resources: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return by logical id the resources that it mentions, and those that mention it.

    Parameters, alarms and the dashboard are not neighbours of what they mention.
    """
    neighbours: dict[str, set[str]] = defaultdict(set)
    for logical_id, resource in resources.items():
        if not resource["Type"].startswith(("AWS::CloudWatch::", "AWS::SSM::")):
            for other in _mentions(logical_id, resources):
                neighbours[logical_id].add(other)
                neighbours[other].add(logical_id)
    return neighbours


def _mentions(logical_id: str, resources: Mapping[str, Any]) -> set[str]:
    text = json.dumps(resources[logical_id].get("Properties"))
    return set(re.findall(r"\w+", text)) & resources.keys()


def _mentioned(value: Any, logical_ids: Mapping[str, str]) -> set[str]:
    """Return the logical ids of the construct paths in a value."""
    text = json.dumps(value)
    return {each for path, each in logical_ids.items() if f'"{path}"' in text}
