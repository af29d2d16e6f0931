"""Resources of templates are refused that the API refuses, with the same message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform.local.state import Embedded
from support.embedded import ROLE, bundle, client, running
from support.refused_templates import CASES
from support.stack_operations import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        client(found, "kinesis").create_stream(StreamName="templates", ShardCount=1)
        client(found, "sqs").create_queue(QueueName="templates")
        client(found, "s3").create_bucket(Bucket="templates")
        client(found, "lambda").create_function(
            FunctionName="templates",
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Code={"ZipFile": bundle("def handle(event, context): pass")},
        )
        yield found


@pytest.mark.parametrize(("resource", "reason", "page"), CASES, ids=range(len(CASES)))
def test_a_refused_resource_is_not_created(
    embedded: Embedded, resource: dict[str, Any], reason: str, page: str
) -> None:
    assert page.startswith("https://docs.aws.amazon.com/")
    stack = Stack(embedded, "refused")
    assert stack.create({"Resource": resource}) == "ROLLBACK_COMPLETE"
    assert reason in stack.reason("Resource", "CREATE_FAILED")
    stack.delete()
    streams, storage = client(embedded, "kinesis"), client(embedded, "s3")
    assert streams.list_streams()["StreamNames"] == ["templates"]
    assert [each["Name"] for each in storage.list_buckets()["Buckets"]] == ["templates"]


def test_the_same_settings_within_the_limits_are_accepted(embedded: Embedded) -> None:
    stack = Stack(embedded, "accepted")
    lock = {"Mode": "GOVERNANCE", "Days": 36_500}
    step = {"TransitionInDays": 30, "StorageClass": "STANDARD_IA"}
    bucket = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": lock},
        },
        "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Transitions": [step]}]},
        "CorsConfiguration": {
            "CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], "MaxAge": "60"}]
        },
    }
    stream = {"ShardCount": "2", "RetentionPeriodHours": "8760"}
    created = stack.create(
        {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": bucket},
            "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": stream},
        }
    )
    assert created == "CREATE_COMPLETE", stack.events()
