"""The names of ministack that we touch and that it does not promise to keep.

Everything else goes through the AWS API. Each name is checked at start and by a test, so that an
upgrade of ministack fails here, by name, and not somewhere in the middle of a deployment.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass

MINISTACK_VERSION = "1.5.33"


@dataclass(frozen=True, slots=True)
class Touched:
    """One name: where it is, what it must be (its parameters, or None for data), and why."""

    module: str
    name: str
    parameters: tuple[str, ...] | None
    purpose: str


PATCHED_NAMES = (
    Touched("ministack.app", "main", (), "serves; parses sys.argv, serves `app` until SIGTERM"),
    Touched("ministack.app", "app", ("scope", "receive", "send"), "what `main` serves"),
    Touched("ministack.app", "save_all", ("services",), "called once, at shutdown"),
    Touched("ministack.app", "SERVICE_HANDLERS", None, "an async function per service"),
    Touched("ministack.app", "SERVICE_REGISTRY", None, "the module of a service"),
    Touched("ministack.app", "_state_map", None, "the module of each stored state"),
    Touched("ministack.app", "_build_persistence_save_dict", (), "what to store, by service"),
    Touched("ministack.core.persistence", "STATE_DIR", None, "where state is stored"),
    Touched(
        "ministack.core.persistence",
        "_state_format_version",
        ("service",),
        "of a stored file, beside its payload",
    ),
    Touched("ministack.core.persistence", "logger", None, "says what was stored"),
    Touched("ministack.core.persistence", "_json_default", ("obj",), "how state becomes JSON"),
    Touched("ministack.services.cloudformation", "_stacks", None, "stacks; _data of all scopes"),
    Touched("ministack.services.cloudformation", "load_persisted_state", ("data",), "at start"),
    Touched("ministack.services.kinesis", "get_state", (), "holds all records"),
    Touched("ministack.services.kinesis", "load_persisted_state", ("data",), "at start"),
    Touched("ministack.services.kinesis", "_put_record", ("data",), "appends to a shard"),
    Touched("ministack.services.kinesis", "_put_records", ("data",), "appends to shards"),
    Touched("ministack.services.kinesis", "_consumers", None, "part of the state"),
    Touched("ministack.services.kinesis", "_resource_policies", None, "part of the state"),
    Touched(
        "ministack.services.kinesis",
        "_stream_record_scope",
        ("stream", "default_account_id"),
        "account and region of a stream",
    ),
    Touched(
        "ministack.services.kinesis", "_partition_key_to_hash", ("partition_key",), "MD5 as number"
    ),
    Touched("ministack.core.responses", "_request_account_id", None, "context variable"),
    Touched("ministack.core.responses", "_request_region", None, "context variable"),
    Touched("ministack.core.responses", "get_account_id", (), "account of the request"),
    Touched("ministack.core.responses", "get_region", (), "region of the request"),
    Touched("ministack.core.lambda_runtime", "subprocess", None, "spawns the workers"),
    Touched("ministack.core.lambda_runtime", "_PYTHON_WORKER_SCRIPT", None, "runs in each worker"),
    Touched(
        "ministack.services.lambda_svc",
        "_execute_function_warm",
        ("func", "event", "request_id"),
        "turns a worker's answer into a result",
    ),
    Touched(
        "ministack.services.cloudwatch",
        "record_metric",
        ("namespace", "metric_name", "value", "unit", "dimensions"),
        "a service's own metric",
    ),
    Touched("ministack.services.cloudwatch", "_evaluate_all_alarms", (), "after PutMetricData"),
    Touched("ministack.services.cloudwatch", "_evaluate_alarm", ("alarm",), "after PutMetricAlarm"),
    Touched("ministack.services.cloudwatch", "_alarms", None, "alarms; _data of all scopes"),
    Touched("ministack.services.cloudwatch", "_metrics", None, "points by metric"),
    Touched("ministack.services.cloudwatch", "_dims_key", ("dims",), "dimensions of a metric"),
    Touched("ministack.services.cloudwatch", "_calc_stats", ("points",), "statistics by name"),
    Touched(
        "ministack.services.cloudwatch",
        "_stat_value",
        ("stats", "stat_name", "points"),
        "a statistic or percentile",
    ),
    Touched(
        "ministack.services.cloudwatch",
        "_record_history",
        ("alarm_name", "old_state", "new_state", "reason", "alarm_type", "reason_data"),
        "what DescribeAlarmHistory shows",
    ),
    Touched(
        "ministack.services.cloudwatch",
        "_dispatch_alarm_actions",
        ("alarm", "old_state", "new_state", "reason"),
        "tells SNS",
    ),
    Touched(
        "ministack.services.cloudwatch",
        "_evaluate_parent_alarms",
        ("child", "seen"),
        "composite alarms that name it",
    ),
    Touched("ministack.core.lambda_runtime", "reset", (), "ends all workers"),
    Touched("ministack.core.lambda_runtime", "execution_credentials", ("config",), "of functions"),
    Touched(
        "ministack.core.router",
        "extract_access_key_id",
        ("headers", "query_params"),
        "empty when a request has no credentials",
    ),
    Touched(
        "ministack.core.router",
        "detect_service",
        ("method", "path", "headers", "query_params"),
        "the service that a request is meant for",
    ),
    Touched(
        "ministack.core.iam_actions",
        "access_denied_response",
        (
            *("service", "action", "principal_arn", "request_id", "error_code", "message"),
            *("headers", "resource_arn", "explicit_deny", "resource_policy_arn"),
        ),
        "an error in a service's form",
    ),
    Touched("ministack.services.iam", "_gen_session_token", (), "a token for IoT"),
    Touched("ministack.services.imds", "_gen_session_token", (), "a token for instances"),
    Touched("ministack.services.sts", "_gen_session_token", (), "a token for assumed roles"),
    Touched("ministack.services.lambda_svc", "resolve_function_url", ("url_id",), "by its id"),
    Touched(
        "ministack.services.cloudformation.custom_resource", "_pending", None, "awaited answers"
    ),
    Touched(
        "ministack.services.cloudformation.wait_conditions", "has_handle", ("token",), "awaited"
    ),
    Touched(
        "ministack.services.lambda_svc", "_esms", None, "mappings; get_scoped, values are dicts"
    ),
    Touched("ministack.services.lambda_svc", "_iter_all_esms", (), "account, region, mapping"),
    Touched("ministack.services.lambda_svc", "_poll_kinesis", (), "the poller that is replaced"),
    Touched(
        "ministack.services.lambda_svc",
        "_init_stream_position",
        ("esm_id", "source_arn", "starting"),
        "called for each new mapping before it is visible",
    ),
    Touched("ministack.services.lambda_svc", "_create_esm", ("data",), "CreateEventSourceMapping"),
    Touched(
        "ministack.services.lambda_svc",
        "_update_esm",
        ("esm_id", "data"),
        "UpdateEventSourceMapping",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_lambda_esm_create",
        ("logical_id", "props", "stack_name"),
        "called by its update",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_lambda_function_for_cfn_ref",
        ("function_ref",),
        "function, name, ARN, qualifier",
    ),
    Touched(
        "ministack.services.lambda_svc",
        "_get_func_record_for_qualifier",
        ("name", "qualifier"),
        "function and configuration of a mapping",
    ),
    Touched(
        "ministack.services.lambda_svc",
        "_execution_record_for_config",
        ("func", "config"),
        "what _execute_function takes",
    ),
    Touched(
        "ministack.services.lambda_svc",
        "_execute_function",
        ("func", "event"),
        "returns a dict with throttle, error, body",
    ),
    Touched(
        "ministack.services.lambda_svc",
        "_apply_filter_criteria",
        ("records", "esm"),
        "returns the records that pass",
    ),
    Touched(
        "ministack.services.cloudformation.stacks",
        "_runs_on_worker_thread",
        ("resource_type",),
        "whether a handler may block",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_RESOURCE_HANDLERS",
        None,
        "create, update, delete per type",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_cw_metric_alarm_record",
        ("name", "props"),
        "refuses metric math",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_attrs",
        ("instance",),
        "attributes of a DB instance",
    ),
    Touched(
        "ministack.services.s3", "_atomic_write", ("fpath", "data", "text"), "an object's file"
    ),
    Touched(
        "ministack.services.s3",
        "_resolve_sse_write_headers",
        ("headers", "bucket_name"),
        "refuses KMS without a key",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_create",
        ("logical_id", "props", "stack_name"),
        "called by its update",
    ),
    Touched(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_delete",
        ("physical_id", "props"),
        "called by its update",
    ),
    Touched(
        "ministack.services.elasticache", "_create_replication_group", ("p",), "two shards refused"
    ),
    Touched("ministack.services.elasticache", "_replication_groups", None, "groups by identifier"),
    Touched("ministack.services.elasticache", "_p", ("params", "key", "default"), "a parameter"),
    Touched("ministack.services.rds", "_db_proxies", None, "proxies by name"),
    Touched("ministack.services.rds", "_instances", None, "DB instances by identifier"),
    Touched("ministack.services.kinesis", "_streams", None, "streams; get_scoped"),
    Touched("ministack.services.kinesis", "_shard_iterators", None, "iterators by token"),
    Touched("ministack.services.kinesis", "_resolve_stream", ("data",), "name and stream"),
    Touched("ministack.services.kinesis", "_next_sequence_number", (), "30 digits, ever growing"),
    Touched("ministack.services.kinesis", "_max_shard_index", ("stream",), "of all its shards"),
    Touched(
        "ministack.services.kinesis", "_build_shards", ("shard_count", "start_index"), "new shards"
    ),
    Touched("ministack.services.kinesis", "_split_shard", ("data",), "drops the parent"),
    Touched("ministack.services.kinesis", "_merge_shards", ("data",), "drops the parents"),
    Touched("ministack.services.kinesis", "_update_shard_count", ("data",), "drops all shards"),
    Touched(
        "ministack.services.kinesis", "_route_to_shard", ("hash_key_int", "stream"), "by hash key"
    ),
    Touched("ministack.services.kinesis", "_expire_records", ("stream",), "before every access"),
    Touched("ministack.services.kinesis", "_shard_out", ("shard_id", "shard"), "shard as shown"),
    Touched("ministack.services.kinesis", "_describe_stream_summary", ("data",), "counts shards"),
    Touched("ministack.services.kinesis", "_get_records", ("data",), "always has a next iterator"),
    Touched("ministack.services.kinesis", "_ensure_base64", ("value",), "data of a record"),
)


def problems() -> list[str]:
    """What is not as expected, one sentence each; empty when everything is."""
    found = []
    for touched in PATCHED_NAMES:
        place = f"{touched.module}.{touched.name}"
        try:
            value = getattr(importlib.import_module(touched.module), touched.name)
        except (ImportError, AttributeError):
            found.append(f"{place} is gone ({touched.purpose})")
            continue
        if touched.parameters is None:
            continue
        actual = tuple(inspect.signature(value).parameters)
        if actual != touched.parameters:
            found.append(f"{place} takes {actual}, not {touched.parameters} ({touched.purpose})")
    return found


def check() -> None:
    """Raises `SystemExit` that names every difference and what to do about it."""
    found = problems()
    if found:
        raise SystemExit(
            f"this ministack is not {MINISTACK_VERSION}, for which the adapter was written:\n  "
            + "\n  ".join(found)
            + "\ncompare each name with its use in catalog_platform/local/emulator, adapt it there "
            "and in internals.py, then run tests/local and tests/e2e"
        )
