from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks.concurrency import concurrency_leaves_some_for_others as rule
from support.models import a_manifest


@pytest.mark.parametrize(
    ("processor", "reader", "enabled", "found"),
    [
        (None, None, True, False),
        (897, None, True, False),  # with 3 for replayer, migrator and rotation
        (898, None, True, True),
        (None, 900, True, False),
        (None, 901, True, True),
        (None, 901, False, False),
        (400, 497, True, False),
        (400, 498, True, True),
    ],
)
def test_one_hundred_of_a_thousand_invocations_are_left(
    processor: int | None, reader: int | None, enabled: bool, found: bool
) -> None:
    manifest = a_manifest(
        processor={"reserved_concurrency": processor},
        reader={"reserved_concurrency": reader, "enabled": enabled},
    )
    problems = list(rule(manifest))
    assert [each.severity for each in problems] == [Severity.WARNING] * found
