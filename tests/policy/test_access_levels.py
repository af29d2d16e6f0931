from __future__ import annotations

from catalog_platform.policy.access_levels import actions_on_permissions, actions_without_resource


def test_actions_that_only_take_all_resources_are_known() -> None:
    assert {"ec2:describesubnets", "xray:puttracesegments"} <= actions_without_resource()
    assert not {"s3:getobject", "kms:decrypt", "sqs:sendmessage"} & actions_without_resource()


def test_actions_that_change_permissions_are_known() -> None:
    assert {
        "s3:putbucketpolicy",
        "kms:creategrant",
        "lambda:addpermission",
    } <= actions_on_permissions()
    assert not {"s3:getobject", "kms:decrypt", "sqs:sendmessage"} & actions_on_permissions()
