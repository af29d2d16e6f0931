"""Complete manifests for tests, with only what matters to the test written in it."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from catalog_platform.model import Manifest

COMPLETE: dict[str, dict[str, Any]] = {
    "environment": {
        "name": "sample",
        "tier": "development",
        "account": "123456789012",
        "region": "eu-west-1",
    },
    "network": {
        "cidr": "10.99.0.0/16",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "subnet_prefix_length": 24,
        "nat_gateways": 0,
        "interface_endpoints": ["secretsmanager", "sqs"],
        "flow_logs": "all",
    },
    "encryption": {"rotation_days": 365, "deletion_window_days": 30, "on_removal": "retain"},
    "stream": {
        "mode": "provisioned",
        "shards": 2,
        "retention_hours": 168,
        "on_removal": "retain",
    },
    "processor": {
        "runtime": "python3.13",
        "architecture": "arm64",
        "memory_mb": 512,
        "timeout_seconds": 60,
        "reserved_concurrency": 10,
        "batch_size": 100,
        "batch_window_seconds": 5,
        "parallelization_factor": 1,
        "starting_position": "TRIM_HORIZON",
        "retry_attempts": 3,
        "maximum_record_age_seconds": 86400,
        "tracing": True,
        "log_level": "INFO",
    },
    "database": {
        "engine_version": "17.9",
        "instance_class": "db.t4g.small",
        "identifier": "catalog-sample",
        "name": "catalog",
        "username": "catalogadmin",
        "application_username": "catalog_app",
        "authentication": "iam",
        "secret_rotation_days": 30,
        "proxy": True,
        "port": 5432,
        "multi_az": True,
        "read_replicas": 0,
        "storage_gib": 20,
        "maximum_storage_gib": 100,
        "backup_retention_days": 7,
        "backup_window": "03:00-04:00",
        "maintenance_window": "mon:04:30-mon:05:30",
        "require_tls": True,
        "statement_audit": True,
        "performance_insights": True,
        "monitoring_interval_seconds": 60,
        "deletion_protection": True,
        "on_removal": "snapshot",
    },
    "cache": {
        "engine": "valkey",
        "engine_version": "8.1",
        "node_type": "cache.t4g.micro",
        "port": 6379,
        "cluster_mode": False,
        "shards": 1,
        "replicas_per_shard": 1,
        "transit_encryption": True,
        "authentication": True,
        "snapshot_retention_days": 7,
        "snapshot_window": "05:00-06:00",
        "maintenance_window": "sun:06:30-sun:07:30",
    },
    "archive": {
        "retention_days": 1100,
        "noncurrent_retention_days": 90,
        "intelligent_tiering_after_days": 30,
        "glacier_after_days": 90,
        "deep_archive_after_days": 365,
        "object_lock": "off",
        "on_removal": "retain",
    },
    "backup": {
        "enabled": True,
        "daily_at": "01:00",
        "retention_days": 35,
        "on_removal": "retain",
    },
    "dead_letters": {
        "payload_retention_days": 90,
        "queue_retention_days": 14,
        "on_removal": "retain",
    },
    "replayer": {"enabled": True, "memory_mb": 512},
    "reader": {
        "enabled": True,
        "function_url": True,
        "memory_mb": 512,
        "timeout_seconds": 15,
        "reserved_concurrency": 10,
        "stock_fresh_seconds": 300,
        "unknown_fresh_seconds": 30,
        "page_fresh_seconds": 5,
    },
    "logs": {"retention_days": 30, "flow_log_retention_days": 90, "on_removal": "retain"},
    "alarms": {
        "subscriptions": [
            {
                "protocol": "email",
                "endpoint": "on-call@example.com",
                "severities": ["critical", "warning"],
            }
        ],
        "runbook_base_url": "https://example.com/runbooks",
        "dashboard": True,
        "minimum_severity": "warning",
        "catalog_unhealthy": {"severity": "critical"},
        "iterator_age": {"above_seconds": 60, "severity": "critical"},
        "updates_stopped": {"below_count": 1, "severity": "warning"},
        "write_throttling": {"above_count": 0, "severity": "warning"},
        "processor_errors": {"above_percent": 5, "severity": "critical"},
        "processor_throttles": {"above_count": 0, "severity": "warning"},
        "processor_duration": {"above_percent": 80, "severity": "warning"},
        "batch_failures": {"above_percent": 5, "severity": "critical"},
        "cache_failures": {"above_percent": 5, "severity": "warning"},
        "malformed_records": {"above_percent": 1, "severity": "critical"},
        "dead_letters": {"above_count": 0, "severity": "warning"},
        "batches_given_up": {"above_count": 0, "severity": "critical"},
        "updates_dropped": {"above_count": 0, "severity": "critical"},
        "database_cpu": {"above_percent": 80, "severity": "warning"},
        "database_connections": {"above_count": 80, "severity": "warning"},
        "database_free_storage": {"below_gib": 5, "severity": "critical"},
        "database_free_memory": {"below_mib": 256, "severity": "warning"},
        "database_replica_lag": {"above_seconds": 300, "severity": "warning"},
        "cache_cpu": {"above_percent": 80, "severity": "warning"},
        "cache_memory": {"above_percent": 80, "severity": "warning"},
        "cache_evictions": {"above_count": 1000, "severity": "warning"},
        "cache_replication_lag": {"above_seconds": 10, "severity": "warning"},
        "key_errors": {"above_count": 5, "severity": "critical"},
    },
    "audit": {
        "trail": True,
        "access_logs": True,
        "retention_days": 1100,
        "on_removal": "retain",
    },
    "tags": {
        "owner": "catalog-platform",
        "cost_center": "product-catalog",
        "data_classification": "internal",
    },
    "release": {
        "target": "aws",
        "termination_protection": True,
        "discovery_parameters": True,
        "deploy_timeout_minutes": 60,
    },
}


def a_manifest(**sections: dict[str, Any]) -> Manifest:
    """A complete manifest in which the given keys of the given sections are replaced.

    `a_manifest(cache={"shards": 3})`; raises `msgspec.ValidationError` when it becomes invalid.
    """
    content = copy.deepcopy(COMPLETE)
    for section, keys in sections.items():
        content[section] |= keys
    return msgspec.convert(content, Manifest)
