"""Rules about clients outside the stack."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def client_security_groups_are_distinct(manifest: Manifest) -> Iterator[RuleViolation]:
    """A client's security group is listed once, with or without its account.

    EC2 refuses a second rule for the same group.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    """
    for path, groups in (
        ("database.client_security_groups", manifest.database.client_security_groups),
        ("cache.client_security_groups", manifest.cache.client_security_groups),
    ):
        ids = [group.rpartition("/")[2] for group in groups]
        for index, (group, id_) in enumerate(zip(groups, ids, strict=True)):
            first = ids.index(id_)
            # Equal elements are reported by list-elements-are-distinct.
            if first != index and group not in groups[:index]:
                yield RuleViolation(
                    f"{path}[{index}]",
                    f"{group} is already listed as {groups[first]}",
                    "remove one of the two",
                    (f"{path}[{first}]",),
                )


RULES: tuple[Rule, ...] = (client_security_groups_are_distinct,)
