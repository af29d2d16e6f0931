"""Online resharding of replication groups, by API and by templates.

A template changes the number of shards in place with the update policy UseOnlineResharding;
without it, the change replaces the group.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack import app
from ministack.services import cloudformation, elasticache
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.cache_groups import remove_last_shard
from embedded_aws.emulator.cache_updates import refuse
from embedded_aws.emulator.handlers import Created, Properties, completing
from embedded_aws.emulator.template_checks import check

TYPE = "AWS::ElastiCache::ReplicationGroup"
OPERATION = "ModifyReplicationGroupShardConfiguration"
COUNT = "NumNodeGroups"
Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[str, str, Mapping[str, str], bytes, Any], Awaitable[Answer]]


def install() -> None:
    """Serve the operation, and reshard groups whose template asks for it."""
    original: Handler = app.SERVICE_HANDLERS["elasticache"]

    async def handle(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
    ) -> Answer:
        fields = parse_qs(body.decode("utf-8", "replace"))
        if fields.get("Action") == [OPERATION]:
            return _modify({name: values[0] for name, values in fields.items()})
        return await original(method, path, headers, body, query)

    app.SERVICE_HANDLERS["elasticache"] = handle
    _decide_here()
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    original_update = handler["update"]

    def update(
        physical: str, old: Properties, new: Properties, stack: str, logical: str
    ) -> Created:
        refuse(old, new)
        is_resharded = _count(old) != _count(new)
        if is_resharded and not uses_online_resharding(stack, logical):
            _refuse_named_replacement(physical, new)
            replaced: Created = provisioners._replace_resource(
                TYPE, physical, old, new, stack, logical
            )
            return replaced
        if is_resharded:
            check(
                "elasticache",
                OPERATION,
                {},
                ReplicationGroupId=physical,
                NodeGroupCount=_count(new),
                NodeGroupsToRetain=["the first ones, as by CloudFormation"],
            )
        same_count = {**old, COUNT: _count(new)}, {**new, COUNT: _count(new)}
        with completing(physical):
            updated: Created = original_update(physical, *same_count, stack, logical)
            if is_resharded:
                reshard(elasticache._replication_groups[physical], _count(new))
                updated = updated[0], provisioners._ec_rg_attrs(physical)
            return updated

    handler["update"] = update


def _decide_here() -> None:
    """Let this module decide whether another number of shards replaces a group."""
    named = provisioners._CUSTOM_NAME_REPLACEMENT[TYPE]
    original = named["requires_replacement"]
    named["requires_replacement"] = lambda old, new: original({**old, COUNT: new.get(COUNT)}, new)


def _refuse_named_replacement(physical: str, new: Properties) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-replicationgroup.html"""
    if new.get("ReplicationGroupId"):
        raise ValueError(
            "CloudFormation cannot update a stack when a custom-named resource requires replacing."
            f" Rename {physical} and update the stack again."
        )


def uses_online_resharding(stack: str, logical: str) -> bool:
    """Return whether the template that is being deployed has the update policy."""
    record = cloudformation._stacks.get(stack) or {}
    executing = [
        change_set["_template"]
        for change_set in cloudformation._change_sets.values()
        if change_set.get("StackName") == stack
        and change_set.get("ExecutionStatus") == "EXECUTE_IN_PROGRESS"
    ]
    for template in (*executing, record.get("_template") or {}):
        resource = template.get("Resources", {}).get(logical, {})
        policy = resource.get("UpdatePolicy", {}).get("UseOnlineResharding", False)
        if str(policy).lower() == "true":
            return True
    return False


def reshard(group: dict[str, Any], count: int) -> None:
    """Change the number of shards: new ones are like the first, removed ones are the last."""
    while len(group["NodeGroups"]) > count:
        remove_last_shard(group)
    while len(group["NodeGroups"]) < count:
        _add_shard(group)


def _add_shard(group: dict[str, Any]) -> None:
    shard = copy.deepcopy(group["NodeGroups"][0])
    shard["NodeGroupId"] = f"{len(group['NodeGroups']) + 1:04d}"
    for number, member in enumerate(shard["NodeGroupMembers"], 1):
        source = elasticache._clusters.get(member["CacheClusterId"])
        name = f"{group['ReplicationGroupId']}-{shard['NodeGroupId']}-{number:03d}"
        member["CacheClusterId"] = name
        group["MemberClusters"].append(name)
        if source:
            arn = elasticache._arn_cluster(name)
            elasticache._clusters[name] = {
                **copy.deepcopy(source),
                "CacheClusterId": name,
                "CacheClusterArn": arn,
            }
    group["NodeGroups"].append(shard)


def _modify(fields: Mapping[str, str]) -> Answer:
    """The rules have refused what AWS refuses."""
    group = elasticache._replication_groups[fields["ReplicationGroupId"]]
    reshard(group, int(fields["NodeGroupCount"]))
    status, headers, body = elasticache._xml(
        200,
        f"{OPERATION}Response",
        f"<{OPERATION}Result><ReplicationGroup>{elasticache._rg_xml(group)}</ReplicationGroup>"
        f"</{OPERATION}Result>",
    )
    return status, headers, body


def _count(properties: Properties) -> int:
    return int(properties.get(COUNT) or 1)
