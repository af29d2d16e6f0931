"""The private names of ministack that this package uses; `patched_names.py` checks them.

A row has the name, its expected parameters (None for data) and its purpose.
"""

from __future__ import annotations

_PACKAGE = "ministack.services.cloudformation"
_STACK = ("stack_name", "stack_id")
_RESOLVED = ("params", "conditions", "mappings", *_STACK)
_RESOURCE = ("physical_id", "old_props", "new_props", "stack_name", "logical_id")
_DEPLOY = (
    *(*_STACK, "template", "param_values", "disable_rollback", "tags", "is_update"),
    *("previous_stack", "retain_except_on_create", "imports"),
)

_PARAMETERS = ("template", "provided_params", "previous_params")

Row = tuple[str, tuple[str, ...] | None, str]

_STACKS: tuple[Row, ...] = (
    ("_deploy_stack_async", _DEPLOY, "creates and updates; replaced"),
    ("_delete_stack_async", (*_STACK, "retain_resources", "force"), "replaced"),
    ("_continue_update_rollback_async", (*_STACK, "resources_to_skip"), "replaced"),
    (
        "_roll_back_operation",
        (*_STACK, "stack", "operation", "reason_override"),
        "runs RollbackStack; replaced",
    ),
    (
        "_add_event",
        (
            *("stack_id", "stack_name", "logical_id", "resource_type", "status", "reason"),
            *("physical_id", "detailed_status"),
        ),
        "records an event",
    ),
    (
        "_adopt_resource",
        ("stack_id", "stack_name", "logical_id", "resource_type", "identifier"),
        "imports a resource, with events",
    ),
    (
        "_fail_property_validation",
        (
            *("stack", "stack_id", "stack_name", "resources_defs", "ordered", "param_values"),
            *("conditions", "mappings", "disable_rollback", "previous_stack"),
        ),
        "returns whether the operation failed",
    ),
    (
        "_resolve_stack_outputs",
        ("outputs_defs", "conditions", "resources", "param_values", "mappings", *_STACK),
        "outputs and exports",
    ),
    ("_resource_policy", ("res_def", "attribute", "resources", *_RESOLVED), "with its default"),
    ("_with_dependencies", ("logical_ids", "res_defs", "remaining"), "what resources depend on"),
    (
        "_with_stack_tags",
        ("resource_type", "props", "stack_tags", *_STACK, "logical_id"),
        "properties for a handler",
    ),
    ("_runs_on_worker_thread", ("resource_type",), "whether a handler may block"),
    ("CLIENT_REQUEST_TOKEN", None, "context variable of events"),
)
_ENGINE: tuple[Row, ...] = (
    ("_NO_VALUE", None, "value of AWS::NoValue"),
    ("_evaluate_conditions", ("template", "params"), "conditions by name"),
    (
        "_resolve_dynamic_references",
        ("value", "previous", "reuse_ssm", "reuse_secrets"),
        "value and what was resolved",
    ),
    ("_resolve_refs", ("value", "resources", *_RESOLVED), "evaluates functions"),
    ("_resolve_parameters", _PARAMETERS, "parameters with their values"),
    ("_topological_sort", ("resources", "conditions"), "dependencies first"),
)
_PROVISIONERS: tuple[Row, ...] = (
    ("_CONDITIONALLY_REPLACING_PROPERTIES", None, "for change sets"),
    ("_REPLACING_PROPERTIES", None, "for change sets and updates"),
    ("_RESOURCE_HANDLERS", None, "create, update, delete, import, snapshot per type"),
    ("_DEFERRED_PREDECESSOR_DELETES", None, "context variable: calls that delete the replaced"),
    ("_NAME_SEED", None, "context variable: part of generated names"),
    ("_RETAIN_REPLACED", None, "context variable: whether a handler may delete the replaced"),
    (
        "_custom_named_replacement_error",
        ("resource_type", "old_props", "new_props", "physical_id"),
        "refuses a replacement",
    ),
    (
        "_delete_resource",
        ("resource_type", "physical_id", "props", "stack_name", "logical_id"),
        "calls a handler",
    ),
    ("_ec_rg_attrs", ("rg_id",), "attributes of a replication group"),
    (
        "_provision_resource",
        ("resource_type", "logical_id", "props", "stack_name"),
        "calls a handler",
    ),
    ("_replace_resource", ("resource_type", *_RESOURCE), "creates under another name"),
    ("_replacing_change", ("resource_type", "old_props", "new_props"), "by the properties"),
    ("_snapshot_resource", ("resource_type", "physical_id", "props"), "calls a handler"),
    ("_update_resource", ("resource_type", *_RESOURCE, "old_attrs"), "calls a handler"),
)
_CHANGE_SETS: tuple[Row, ...] = (
    ("_IMPORT_LOOKUPS", None, "by type: keys of an identifier, function that finds a problem"),
    ("_deploy_stack_async", _DEPLOY, "called by ExecuteChangeSet"),
    ("_resolve_parameters", _PARAMETERS, "called by CreateChangeSet; replaced"),
    ("_find_change_set", ("cs_name", "stack_name"), "id and change set"),
)
_HANDLERS: tuple[Row, ...] = (
    ("_ACTION_HANDLERS", None, "a function per operation"),
    ("_resolve_parameters", _PARAMETERS, "called by CreateStack; replaced"),
    ("_imported_export_names", ("stack", "stack_name"), "what a stack imports"),
    ("_resolve_stack", ("stack_name",), "by name or id"),
    (
        "_stack_has_no_updates",
        ("stack", "template", "param_values", "tags", "use_previous_template", "tags_given"),
        "refuses an update without changes",
    ),
    ("_deploy_stack_async", _DEPLOY, "called by CreateStack and UpdateStack"),
    (
        "_delete_stack_async",
        (*_STACK, "retain_resources", "force"),
        "called by DeleteStack",
    ),
    (
        "_continue_update_rollback_async",
        (*_STACK, "resources_to_skip"),
        "called by ContinueUpdateRollback",
    ),
    (
        "_roll_back_operation",
        (*_STACK, "stack", "operation", "reason_override"),
        "called by RollbackStack",
    ),
)
_HELPERS: tuple[Row, ...] = (
    ("_error", ("code", "message", "status"), "an error response"),
    ("_p", ("params", "key", "default"), "a parameter"),
    ("_xml", ("status", "root_tag", "inner"), "a response"),
)
_STORES: tuple[tuple[str, Row], ...] = (
    (_PACKAGE, ("_change_sets", None, "change sets by id")),
    (_PACKAGE, ("_exports", None, "exports by name")),
    (_PACKAGE, ("_stack_events", None, "events by stack id")),
    ("ministack.services.backup", ("_vaults", None, "vaults by name")),
    ("ministack.services.backup", ("_vault_arn", ("name",), "of a vault")),
    ("ministack.services.cloudwatch", ("_composite_alarms", None, "composite alarms")),
    ("ministack.services.rds", ("_subnet_groups", None, "subnet groups by name")),
    (
        "ministack.core.concurrency",
        ("run_reentrant", ("fn", "args", "thread_name"), "runs a handler on a thread"),
    ),
)
# Module, name, parameters, purpose.
NAMES = (
    *((f"{_PACKAGE}.stacks", *row) for row in _STACKS),
    *((f"{_PACKAGE}.engine", *row) for row in _ENGINE),
    *((f"{_PACKAGE}.provisioners", *row) for row in _PROVISIONERS),
    *((f"{_PACKAGE}.changesets", *row) for row in _CHANGE_SETS),
    *((f"{_PACKAGE}.handlers", *row) for row in _HANDLERS),
    *((f"{_PACKAGE}.helpers", *row) for row in _HELPERS),
    *((module, *row) for module, row in _STORES),
)
