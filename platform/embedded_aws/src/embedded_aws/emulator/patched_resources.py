"""The private names of ministack that hold resources, and the functions that change them."""

from __future__ import annotations

from embedded_aws.emulator.patched_target import Target

SERVICES = "ministack.services"
# Records of resources by name, except where the comment says otherwise.
RECORDS = {
    "backup": "_vaults",
    "cloudformation": "_change_sets",
    "cloudwatch": "_composite_alarms _dashboards",
    "cloudwatch_logs": "_log_groups",
    "ec2": "_subnets",
    "elasticache": "_clusters _snapshots _subnet_groups",
    "iam": "_roles",
    "kms": "_aliases",  # by ARN
    "lambda_svc": "_functions",
    "rds": "_param_groups _snapshots _subnet_groups",
    "s3": "_buckets _bucket_object_lock",
    "secretsmanager": "_secrets",
    "sns": "_topics",  # by ARN
}
RESOURCES = (
    *(
        Target(f"{SERVICES}.{module}", name, None, "records of resources")
        for module, names in RECORDS.items()
        for name in names.split()
    ),
    Target(f"{SERVICES}.rds", "_ACTION_MAP", None, "a function per API operation"),
    Target(f"{SERVICES}.rds", "_p", ("params", "key", "default"), "a parameter"),
    Target(f"{SERVICES}.rds", "_xml", ("status", "root_tag", "inner"), "an answer"),
    Target(f"{SERVICES}.rds", "_error", ("code", "message", "status"), "an error"),
    Target(f"{SERVICES}.rds", "_resolve_instance", ("db_id",), "by name or ARN"),
    Target(
        f"{SERVICES}.rds", "_create_snapshot_internal", ("snap_id", "instance"), "of all snapshots"
    ),
    Target(
        f"{SERVICES}.rds",
        "_single_instance_response",
        ("root_tag", "result_tag", "instance"),
        "the answer of most operations",
    ),
    Target(f"{SERVICES}.elasticache", "_modify_replication_group", ("p",), "keeps some settings"),
    Target(f"{SERVICES}.elasticache", "_arn_cluster", ("cluster_id",), "of a member"),
    Target(f"{SERVICES}.elasticache", "_rg_xml", ("rg",), "a group as shown"),
    Target(f"{SERVICES}.elasticache", "_xml", ("status", "root_tag", "inner"), "an answer"),
    Target(f"{SERVICES}.iam", "_create_service_linked_role", ("p",), "other names than on AWS"),
    Target(f"{SERVICES}.iam", "_p", ("params", "key", "default"), "a parameter"),
    Target(f"{SERVICES}.iam", "_error", ("status", "code", "message", "ns"), "an error"),
    Target(f"{SERVICES}.kms", "_alias_arn", ("alias_name",), "key of an alias"),
    Target(f"{SERVICES}.lambda_svc", "_get_account_settings", (), "limits of this machine"),
    Target(f"{SERVICES}.secretsmanager", "_resolve", ("secret_id", "use_arn_scope"), "by id"),
    Target(f"{SERVICES}.sns", "_list_subscriptions", ("params",), "shows no pending ones"),
    Target(f"{SERVICES}.sns", "_list_subscriptions_by_topic", ("params",), "as above"),
    Target(
        f"{SERVICES}.cloudformation.provisioners",
        "_CUSTOM_NAME_REPLACEMENT",
        None,
        "what replaces a resource with a name",
    ),
    Target("ministack.app", "detect_service", None, "the service of a request"),
    Target(f"{SERVICES}.s3", "_object_retention", None, "by bucket, key and version"),
    Target(f"{SERVICES}.s3", "_object_legal_hold", None, "by bucket, key and version"),
    Target(f"{SERVICES}.s3", "_object_versions", None, "versions by bucket and key"),
    Target(f"{SERVICES}.s3", "_key_history_meta", ("bucket_name", "key"), "in a metadata file"),
    Target(
        f"{SERVICES}.s3",
        "_record_object_version",
        ("bucket_name", "key", "prior_obj", "obj", "data"),
        "after every write of an object",
    ),
    Target(
        f"{SERVICES}.s3",
        "_apply_object_lock_from_headers",
        ("bucket_name", "key", "headers", "version_id"),
        "or by the bucket's default",
    ),
    Target(
        f"{SERVICES}.s3",
        "_put_object_retention",
        ("bucket_name", "key", "body", "headers", "query_params"),
        "in memory only",
    ),
    Target(
        f"{SERVICES}.s3",
        "_put_object_legal_hold",
        ("bucket_name", "key", "body", "query_params"),
        "in memory only",
    ),
    Target(
        f"{SERVICES}.s3",
        "_persist_version_state",
        ("bucket_name", "key", "bucket"),
        "writes the metadata file of a key",
    ),
    Target(f"{SERVICES}.s3", "_persisted_key_files", ("bucket_path", "sidecars"), "files and keys"),
    Target(f"{SERVICES}.s3", "_ensure_bucket", ("name",), "a bucket's record"),
    Target(f"{SERVICES}.s3", "DATA_DIR", None, "folder of objects"),
    Target(f"{SERVICES}.s3", "S3_PERSIST", None, "whether objects are stored"),
    Target(f"{SERVICES}.s3", "_bucket_owner_account", ("name",), "None without the bucket"),
    Target(f"{SERVICES}.s3", "handle_request", None, "all requests to S3"),
)
