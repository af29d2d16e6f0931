"""Removal policies for the manifest's `on_removal`."""

from __future__ import annotations

import pytest
from aws_cdk import RemovalPolicy

from catalog_platform.infra import removal
from catalog_platform.model.section import OnRemoval
from support.synthesis import Template

pytestmark = pytest.mark.synth

KEEP = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


@pytest.mark.parametrize(
    ("word", "data", "access"),
    [
        ("retain", KEEP, KEEP),
        ("snapshot", RemovalPolicy.SNAPSHOT, KEEP),
        ("destroy", RemovalPolicy.DESTROY, RemovalPolicy.DESTROY),
    ],
)
def test_secrets_are_retained_with_the_data(
    word: OnRemoval, data: RemovalPolicy, access: RemovalPolicy
) -> None:
    assert removal.data_policy(word) == data
    assert removal.data_access_policy(word) == access


def test_everything_that_is_retained_is_deleted_again_by_a_failed_creation(
    template: Template, maximal: Template
) -> None:
    for each in (template, maximal):
        kept = {
            name: (found.get("DeletionPolicy"), found.get("UpdateReplacePolicy"))
            for name, found in each.resources.items()
            if "Retain" in str(found.get("DeletionPolicy"))
        }
        assert len(kept) > 15
        assert set(kept.values()) == {("RetainExceptOnCreate", "Retain")}, kept
