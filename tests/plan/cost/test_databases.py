"""The vCPUs of instance classes; the quantities are in test_bill.py."""

from __future__ import annotations

import pytest

from catalog_platform.plan.cost.databases import vcpus
from catalog_platform.plan.cost.resource import UnstatedError


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("db.t4g.micro", 2),
        ("db.t3.medium", 2),
        ("db.m7g.large", 2),
        ("db.r6g.xlarge", 4),
        ("db.r6g.16xlarge", 64),
        ("db.m6gd.2xlarge", 8),
    ],
)
def test_the_size_of_a_class_gives_its_vcpus(name: str, number: int) -> None:
    assert vcpus(name) == number


@pytest.mark.parametrize("name", ["db.m1.medium", "db.serverless", "db.r5.metal", "r6g.large"])
def test_another_scheme_of_names_is_not_guessed(name: str) -> None:
    with pytest.raises(UnstatedError, match="vCPUs"):
        vcpus(name)
