"""Whether a change of a bucket's lifecycle rules deletes objects earlier, or more of them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.verdicts.row import Read, mapping, mappings

Rule = Mapping[str, Any]


def deletes_more(update: ResourceUpdate) -> bool:
    """Return whether a new rule deletes what no deployed rule deletes as early."""
    old, new = _rules(update.before), _rules(update.after)
    return any(
        expires(rule) and not any(_is_within(rule, each) and covers(rule, each) for each in old)
        for rule in new
        for expires, covers in EXPIRATIONS
    )


def _rules(read: Read) -> list[Rule]:
    rules = mappings(mapping(read("LifecycleConfiguration")).get("Rules"))
    return [rule for rule in rules if rule.get("Status") == "Enabled"]


def _is_within(new: Rule, old: Rule) -> bool:
    """Return whether a rule is about no other objects than another one."""
    prefix, former = new.get("Prefix") or "", old.get("Prefix") or ""
    if prefix != former and not (
        isinstance(prefix, str) and isinstance(former, str) and prefix.startswith(former)
    ):
        return False
    tags = new.get("TagFilters") or []
    if any(each not in tags for each in old.get("TagFilters") or []):
        return False
    floor, ceiling = "ObjectSizeGreaterThan", "ObjectSizeLessThan"
    return (old.get(floor) is None or _is_at_least(new.get(floor), old[floor])) and (
        old.get(ceiling) is None or _is_at_least(old[ceiling], new.get(ceiling))
    )


def _is_at_least(larger: Any, smaller: Any) -> bool:
    """Return whether a number is as large as another; values that are no numbers must be equal."""
    if larger == smaller:
        return True
    one, other = number(larger), number(smaller)
    return one is not None and other is not None and one >= other


def _noncurrent(rule: Rule) -> tuple[Any, Any]:
    """Return after how many days older versions are deleted, and how many of them are kept."""
    found = mapping(rule.get("NoncurrentVersionExpiration"))
    days = found.get("NoncurrentDays", rule.get("NoncurrentVersionExpirationInDays"))
    return days, found.get("NewerNoncurrentVersions", 0)


def _keeps_days(new: Rule, old: Rule) -> bool:
    return _is_at_least(new["ExpirationInDays"], old.get("ExpirationInDays"))


def _keeps_date(new: Rule, old: Rule) -> bool:
    date, former = new["ExpirationDate"], old.get("ExpirationDate")
    return isinstance(former, str) and isinstance(date, str) and date >= former


def _keeps_versions(new: Rule, old: Rule) -> bool:
    pairs = zip(_noncurrent(new), _noncurrent(old), strict=True)
    return all(_is_at_least(*pair) for pair in pairs)


# Whether a rule has such an expiration, and whether one of another rule is as early as its.
EXPIRATIONS: tuple[tuple[Callable[[Rule], bool], Callable[[Rule, Rule], bool]], ...] = (
    (lambda rule: rule.get("ExpirationInDays") is not None, _keeps_days),
    (lambda rule: rule.get("ExpirationDate") is not None, _keeps_date),
    (lambda rule: _noncurrent(rule)[0] is not None, _keeps_versions),
)
