"""Removal policies for the manifest's `on_removal`."""

from __future__ import annotations

import pytest
from aws_cdk import RemovalPolicy

from catalog_platform.infra import removal
from catalog_platform.model.section import OnRemoval

pytestmark = pytest.mark.synth


@pytest.mark.parametrize(
    ("word", "data", "access"),
    [
        ("retain", RemovalPolicy.RETAIN, RemovalPolicy.RETAIN),
        ("snapshot", RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN),
        ("destroy", RemovalPolicy.DESTROY, RemovalPolicy.DESTROY),
    ],
)
def test_secrets_are_retained_with_the_data(
    word: OnRemoval, data: RemovalPolicy, access: RemovalPolicy
) -> None:
    assert removal.data_policy(word) == data
    assert removal.data_access_policy(word) == access


def test_failed_creation_deletes_named_resources() -> None:
    assert removal.named_resource_policy("retain") == RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    assert removal.named_resource_policy("destroy") == RemovalPolicy.DESTROY
