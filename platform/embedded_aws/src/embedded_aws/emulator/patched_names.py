"""The private names of ministack that the adapter uses.

Everything else uses the AWS API. Each name is verified at start and by a test, so that an upgrade
of ministack fails here with the name, and not during a deployment.
"""

from __future__ import annotations

import importlib
import inspect

from embedded_aws.emulator.cloudformation import private_names
from embedded_aws.emulator.patched_resources import RESOURCES
from embedded_aws.emulator.patched_target import Target

MINISTACK_VERSION = "1.5.33"


PATCHED_NAMES = (
    *RESOURCES,
    Target("ministack.app", "main", (), "serves; parses sys.argv, serves `app` until SIGTERM"),
    Target("ministack.app", "app", ("scope", "receive", "send"), "what `main` serves"),
    Target("ministack.app", "save_all", ("services",), "called once, at shutdown"),
    Target("ministack.app", "SERVICE_HANDLERS", None, "an async function per service"),
    Target("ministack.app", "SERVICE_REGISTRY", None, "the module of a service"),
    Target("ministack.app", "_state_map", None, "the module of each stored state"),
    Target("ministack.app", "_build_persistence_save_dict", (), "what to store, by service"),
    Target("ministack.core.persistence", "STATE_DIR", None, "where state is stored"),
    Target(
        "ministack.core.persistence",
        "_state_format_version",
        ("service",),
        "of a stored file, beside its payload",
    ),
    Target("ministack.core.persistence", "logger", None, "logs each stored service"),
    Target("ministack.core.persistence", "_json_default", ("obj",), "how state becomes JSON"),
    Target("ministack.services.cloudformation", "_stacks", None, "stacks; _data of all scopes"),
    Target("ministack.services.cloudformation", "load_persisted_state", ("data",), "at start"),
    Target("ministack.services.kinesis", "get_state", (), "holds all records"),
    Target("ministack.services.kinesis", "load_persisted_state", ("data",), "at start"),
    Target("ministack.services.kinesis", "_put_record", ("data",), "appends to a shard"),
    Target("ministack.services.kinesis", "_put_records", ("data",), "appends to shards"),
    Target("ministack.services.kinesis", "_consumers", None, "part of the state"),
    Target("ministack.services.kinesis", "_resource_policies", None, "part of the state"),
    Target(
        "ministack.services.kinesis",
        "_stream_record_scope",
        ("stream", "default_account_id"),
        "account and region of a stream",
    ),
    Target(
        "ministack.services.kinesis", "_partition_key_to_hash", ("partition_key",), "MD5 as number"
    ),
    Target("ministack.core.responses", "_request_account_id", None, "context variable"),
    Target("ministack.core.responses", "_request_region", None, "context variable"),
    Target("ministack.core.responses", "get_account_id", (), "account of the request"),
    Target("ministack.core.responses", "get_region", (), "region of the request"),
    Target("ministack.core.lambda_runtime", "subprocess", None, "spawns the workers"),
    Target("ministack.core.lambda_runtime", "_PYTHON_WORKER_SCRIPT", None, "runs in each worker"),
    Target(
        "ministack.services.lambda_svc",
        "_execute_function_warm",
        ("func", "event", "request_id"),
        "turns a worker's answer into a result",
    ),
    Target(
        "ministack.services.cloudwatch",
        "record_metric",
        ("namespace", "metric_name", "value", "unit", "dimensions"),
        "a service's own metric",
    ),
    Target("ministack.services.cloudwatch", "_evaluate_all_alarms", (), "after PutMetricData"),
    Target("ministack.services.cloudwatch", "_evaluate_alarm", ("alarm",), "after PutMetricAlarm"),
    Target("ministack.services.cloudwatch", "_alarms", None, "alarms; _data of all scopes"),
    Target("ministack.services.cloudwatch", "_metrics", None, "points by metric"),
    Target("ministack.services.cloudwatch", "_dims_key", ("dims",), "dimensions of a metric"),
    Target("ministack.services.cloudwatch", "_calc_stats", ("points",), "statistics by name"),
    Target(
        "ministack.services.cloudwatch",
        "_stat_value",
        ("stats", "stat_name", "points"),
        "a statistic or percentile",
    ),
    Target(
        "ministack.services.cloudwatch",
        "_record_history",
        ("alarm_name", "old_state", "new_state", "reason", "alarm_type", "reason_data"),
        "what DescribeAlarmHistory shows",
    ),
    Target(
        "ministack.services.cloudwatch",
        "_dispatch_alarm_actions",
        ("alarm", "old_state", "new_state", "reason"),
        "publishes to SNS",
    ),
    Target(
        "ministack.services.cloudwatch",
        "_evaluate_parent_alarms",
        ("child", "seen"),
        "composite alarms that name it",
    ),
    Target("ministack.core.lambda_runtime", "reset", (), "ends all workers"),
    Target("ministack.core.lambda_runtime", "execution_credentials", ("config",), "of functions"),
    Target(
        "ministack.core.router",
        "extract_access_key_id",
        ("headers", "query_params"),
        "empty when a request has no credentials",
    ),
    Target(
        "ministack.core.router",
        "detect_service",
        ("method", "path", "headers", "query_params"),
        "the service of a request",
    ),
    Target(
        "ministack.core.iam_actions",
        "access_denied_response",
        (
            *("service", "action", "principal_arn", "request_id", "error_code", "message"),
            *("headers", "resource_arn", "explicit_deny", "resource_policy_arn"),
        ),
        "an error in a service's form",
    ),
    Target("ministack.services.iam", "_gen_session_token", (), "a token for IoT"),
    Target("ministack.services.imds", "_gen_session_token", (), "a token for instances"),
    Target("ministack.services.sts", "_gen_session_token", (), "a token for assumed roles"),
    Target("ministack.services.lambda_svc", "resolve_function_url", ("url_id",), "by its id"),
    Target(
        "ministack.services.cloudformation.custom_resource", "_pending", None, "awaited answers"
    ),
    Target(
        "ministack.services.cloudformation.wait_conditions", "has_handle", ("token",), "awaited"
    ),
    Target(
        "ministack.services.lambda_svc", "_esms", None, "mappings; get_scoped, values are dicts"
    ),
    Target("ministack.services.lambda_svc", "_iter_all_esms", (), "account, region, mapping"),
    Target("ministack.services.lambda_svc", "_poll_kinesis", (), "the poller that is replaced"),
    Target(
        "ministack.services.lambda_svc",
        "_init_stream_position",
        ("esm_id", "source_arn", "starting"),
        "called for each new mapping before it is visible",
    ),
    Target("ministack.services.lambda_svc", "_create_esm", ("data",), "CreateEventSourceMapping"),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_lambda_esm_create",
        ("logical_id", "props", "stack_name"),
        "called by its update",
    ),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_lambda_function_for_cfn_ref",
        ("function_ref",),
        "function, name, ARN, qualifier",
    ),
    Target(
        "ministack.services.lambda_svc",
        "_get_func_record_for_qualifier",
        ("name", "qualifier"),
        "function and configuration of a mapping",
    ),
    Target(
        "ministack.services.lambda_svc",
        "_execution_record_for_config",
        ("func", "config"),
        "what _execute_function takes",
    ),
    Target(
        "ministack.services.lambda_svc",
        "_execute_function",
        ("func", "event"),
        "returns a dict with throttle, error, body",
    ),
    Target(
        "ministack.services.lambda_svc",
        "_apply_filter_criteria",
        ("records", "esm"),
        "returns the records that pass",
    ),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_cw_metric_alarm_record",
        ("name", "props"),
        "refuses metric math",
    ),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_attrs",
        ("instance",),
        "attributes of a DB instance",
    ),
    Target("ministack.services.s3", "_atomic_write", ("fpath", "data", "text"), "an object's file"),
    Target(
        "ministack.services.s3",
        "_resolve_sse_write_headers",
        ("headers", "bucket_name"),
        "refuses KMS without a key",
    ),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_create",
        ("logical_id", "props", "stack_name"),
        "called by its update",
    ),
    Target(
        "ministack.services.cloudformation.provisioners",
        "_rds_db_instance_delete",
        ("physical_id", "props"),
        "called by its update",
    ),
    Target(
        "ministack.services.elasticache", "_create_replication_group", ("p",), "two shards refused"
    ),
    Target("ministack.services.elasticache", "_replication_groups", None, "groups by identifier"),
    Target("ministack.services.elasticache", "_p", ("params", "key", "default"), "a parameter"),
    Target(
        "ministack.services.lambda_svc",
        "_resolve_existing_esm_function",
        ("function_ref",),
        "name, qualifier, error",
    ),
    Target(
        "ministack.services.lambda_svc",
        "_validate_event_source_arn",
        ("event_source_arn",),
        "parts, error",
    ),
    Target("ministack.services.sqs", "_queues", None, "queues with their attributes"),
    Target("ministack.core.responses", "_service_model", ("service",), "of botocore, cached"),
    Target("ministack.services.rds", "_db_proxies", None, "proxies by name"),
    Target("ministack.services.rds", "_instances", None, "DB instances by identifier"),
    Target("ministack.services.kinesis", "_streams", None, "streams; get_scoped"),
    Target("ministack.services.kinesis", "_shard_iterators", None, "iterators by token"),
    Target("ministack.services.kinesis", "_resolve_stream", ("data",), "name and stream"),
    Target("ministack.services.kinesis", "_next_sequence_number", (), "30 digits, increasing"),
    Target("ministack.services.kinesis", "_max_shard_index", ("stream",), "of all its shards"),
    Target("ministack.services.kinesis", "_build_shards", ("shard_count", "start_index"), "new"),
    Target("ministack.services.kinesis", "_split_shard", ("data",), "drops the parent"),
    Target("ministack.services.kinesis", "_merge_shards", ("data",), "drops the parents"),
    Target("ministack.services.kinesis", "_update_shard_count", ("data",), "drops all shards"),
    Target("ministack.services.kinesis", "_route_to_shard", ("hash_key_int", "stream"), "by key"),
    Target("ministack.services.kinesis", "_expire_records", ("stream",), "before every access"),
    Target("ministack.services.kinesis", "_shard_out", ("shard_id", "shard"), "shard as shown"),
    Target("ministack.services.kinesis", "_describe_stream_summary", ("data",), "counts shards"),
    Target("ministack.services.kinesis", "_get_records", ("data",), "always has a next iterator"),
    Target("ministack.services.kinesis", "_ensure_base64", ("value",), "data of a record"),
    *(Target(*row) for row in private_names.NAMES),
)


def problems() -> list[str]:
    """Return one sentence per unexpected name; empty if all are as expected."""
    found = []
    for patched in PATCHED_NAMES:
        qualified_name = f"{patched.module}.{patched.name}"
        try:
            value = getattr(importlib.import_module(patched.module), patched.name)
        except (ImportError, AttributeError):
            found.append(f"{qualified_name} does not exist ({patched.purpose})")
            continue
        if patched.parameters is None:
            continue
        actual = tuple(inspect.signature(value).parameters)
        if actual != patched.parameters:
            found.append(
                f"{qualified_name} takes {actual}, not {patched.parameters} ({patched.purpose})"
            )
    return found


def check() -> None:
    """Raise `SystemExit` with every difference and instructions, if anything differs."""
    found = problems()
    if found:
        raise SystemExit(
            f"the installed ministack is not {MINISTACK_VERSION}, which the adapter requires:\n  "
            + "\n  ".join(found)
            + "\nupdate patched_names.py and the uses of these names in embedded_aws/emulator, "
            "then run tests/embedded_aws and tests/e2e"
        )
