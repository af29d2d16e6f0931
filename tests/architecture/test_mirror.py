"""Tests stand at the path of the code that they test, or a reason says why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import pytest

from support.manifests import ROOT

EMBEDDED = "platform/embedded_aws/src/embedded_aws"
CATALOG = "platform/catalog_platform"
READER = "functions/catalog_reader/src/catalog_reader"
REPLAYER = "functions/failure_replayer/src/failure_replayer"
PROCESSOR = "functions/inventory_processor/src/inventory_processor"
RUNTIME = "functions/runtime/src/catalog_runtime"
MIGRATOR = "functions/schema_migrator/src/schema_migrator"
FUNCTIONS = "tests/functions"
# Code and its tests: the module `a/b.py` has the test file `a/test_b.py`, and a package `a` that
# defines something in its `__init__.py` has `a/test_a.py`.
ROOTS: Mapping[str, str] = {
    CATALOG: "tests",
    EMBEDDED: "tests/embedded_aws",
    READER: f"{FUNCTIONS}/catalog_reader",
    REPLAYER: f"{FUNCTIONS}/failure_replayer",
    PROCESSOR: f"{FUNCTIONS}/inventory_processor",
    RUNTIME: f"{FUNCTIONS}/runtime",
    MIGRATOR: f"{FUNCTIONS}/schema_migrator",
}
# Suites about all of the code, or about data: their files name no module.
SUITES: Mapping[str, str] = {
    "tests/architecture": "layout, layers, links and words of the repository",
    "tests/benchmarks": "the parts of benchmarks that decide what a benchmark reports",
    "tests/e2e": "whole commands and an embedded AWS",
    "tests/environments": "the shipped manifests",
    "tests/functions/failures": "each failure of each store, for each function",
    "tests/golden": "whole templates of the test manifests",
    "tests/policies": "a folder of templates for each policy in policies/checks",
    "tests/scanners": "external scanners of the test manifests' templates",
    "tests/workflows": "the workflows in .github",
}
# Modules without a test file, by reason. A module that gets one leaves this table.
WITHOUT_TEST: Mapping[str, Mapping[str, str]] = {
    "declares verbs, all of which tests/arguments/test_arguments.py parses and runs": {
        f"{CATALOG}/arguments": "cache cost local manifests plan release waivers",
    },
    "declares types, keys and bounds only; tests/model/test_manifest.py checks all of them": {
        f"{CATALOG}/model": """
            archive audit backup cache database dead_letters directives encryption environment
            logs network processor reader release replayer stream tags
        """,
    },
    "a table, all of whose entries tests/reference/test_accepted_values.py checks": {
        f"{CATALOG}/reference": "reasons",
    },
    "a table, all of whose entries tests/reference/test_deployment_policies.py compares": {
        f"{CATALOG}/policy": "known_types",
        f"{CATALOG}/reference": "deployment_tables",
    },
    "rows of a table; tests/aws/refused_updates/test_refused_updates.py shows each of them": {
        f"{CATALOG}/aws/refused_updates": """
            buckets caches keys model names resource_types rules streams subnets
        """,
    },
    "rows of a table; tests/plan/verdicts/test_verdicts.py shows each of them": {
        f"{CATALOG}/plan/verdicts": """
            buckets decided documents elasticache functions network operations rds row storage
        """,
    },
    "quantities by resource type; tests/plan/cost/test_bill.py checks each of them": {
        f"{CATALOG}/plan/cost": """
            caches dimension encryption functions messaging monitoring network storage streams
        """,
    },
    "types without behaviour; tests/plan/test_environment.py creates them": {
        f"{CATALOG}/plan": "model stack",
    },
    "run by tests/commands/test_acknowledge.py": {
        f"{CATALOG}/pipeline/planning": "account",
    },
    "run by tests/commands/test_plan.py": {
        f"{CATALOG}/pipeline": "plan_reports",
    },
    "run by tests/pipeline/planning/test_plan.py": {
        f"{CATALOG}/pipeline/planning": """
            environment keys working_tree
        """,
    },
    "run by tests/packaging/test_bytecode.py": {
        f"{CATALOG}/packaging": "compile_sources",
    },
    "one format string": {
        f"{CATALOG}/aws": "stack",
    },
    "starts and stops processes, as tests/e2e/test_embedded*.py do": {
        f"{CATALOG}/local": "clients",
        f"{EMBEDDED}": "__main__",
        f"{EMBEDDED}/servers": "cache cleanup endpoint launcher startup supervisor",
    },
    "run by tests/local/test_status.py and tests/local/test_state.py": {
        f"{CATALOG}/local": "files inventory",
    },
    "patches ministack, which only .venv-embedded has; tests/e2e runs it": {
        f"{EMBEDDED}/emulator": """
            __main__ adapter alarm_evaluation alarms backups buckets cache_groups cache_shards
            cache_updates clients database database_copies database_restores database_servers
            database_tokens engine_versions functions handlers network object_locks
            patched_resources patched_target proxies public_paths quotas request_guard rotations
            sandbox segments service_linked_roles session_token settings state_persistence
            storage_failures stream_resources streams subscriptions taken_names template_checks
            trails
        """,
        f"{EMBEDDED}/emulator/cloudformation": """
            answers change_sets cleanup configuration deletion deployment events exports imports
            operation patches private_names provisioning removal requests resources rollback
            rollback_triggers running template_parameters
        """,
        f"{EMBEDDED}/emulator/event_source": "invoker loop patches progress stream",
        f"{EMBEDDED}/emulator/request_validation": """
            elasticache errors kinesis kinesis_limits kinesis_positions kinesis_quotas
            kinesis_shards lambda_functions mappings rds_groups rds_instances rds_limits
            rds_restores rds_storage rds_versions rules s3_buckets s3_objects s3_routes secrets
            sqs subnets
        """,
    },
    "one path, or two exceptions": {
        f"{EMBEDDED}": "errors",
        f"{EMBEDDED}/servers": "packages",
    },
    "protocols and enumerations only": {
        READER: "ports",
        REPLAYER: "ports",
        PROCESSOR: "ports",
        RUNTIME: "invocation reaction",
    },
    "run by test_handler.py of its function": {
        READER: "parameters postgres settings wiring",
        REPLAYER: "settings wiring",
        PROCESSOR: "archive dead_letters objects wiring",
        MIGRATOR: "settings",
    },
    "run by tests of the modules that it is a part of": {
        REPLAYER: "failed_batches identities limits malformed",
        PROCESSOR: "budget merge payload",
        RUNTIME: "cache_servers cache_settings cache_slots environment metrics scripts settings",
        MIGRATOR: "history server_message transaction",
    },
}

# Test files that name no module, by reason; names are without `test_`.
TESTS_WITHOUT_MODULE: Mapping[str, Mapping[str, str]] = {
    "the IAM policy in docs/plan.md": {
        "tests/aws/preview": "permissions",
    },
    "one behaviour of a whole function, across its modules": {
        f"{FUNCTIONS}/failure_replayer": "memory portions",
        f"{FUNCTIONS}/inventory_processor": """
            crashes deliveries interleavings outages races reading replays
        """,
    },
    "values at the limits of all keys, against all rules or in a whole template": {
        "tests/infra": "longest_values",
        "tests/manifest/checks": "values",
    },
    "the whole comparison of two templates, against tables of cases": {
        "tests/plan": "edits garbage",
        "tests/plan/verdicts": "beyond_schemas",
    },
    "SQL files, not modules": {
        f"{FUNCTIONS}/inventory_processor": "schema",
        f"{FUNCTIONS}/schema_migrator": "compatibility",
    },
    "tables of AWS's behaviour for several modules": {
        "tests/embedded_aws/emulator/event_source": "contract positions",
    },
    "the state file, which both distributions read": {
        "tests/embedded_aws": "state_file",
    },
    "the pages in docs/runbooks": {
        "tests/infra/alarms": "runbooks",
    },
    "edits of a manifest, from its templates to the rules of AWS": {
        "tests/infra": "database_edits",
    },
    "waivers in scans of several results, apart from test_gate.py": {
        "tests/policy": "waived_results",
    },
    "the laws of waivers.matches, apart from the scans in test_waivers.py": {
        "tests/policy": "matching",
    },
    "the table in docs/security.md of what cannot silence the scan": {
        "tests/policy": "fail_closed",
    },
}


def paths(table: Mapping[str, Mapping[str, str]], form: str) -> list[str]:
    """Return the paths of a table of reasons, folders and names."""
    return sorted(
        f"{folder}/{form.format(name)}.py"
        for folders in table.values()
        for folder, names in folders.items()
        for name in names.split()
    )


def compare(listed: list[str], found: set[str]) -> None:
    assert found - set(listed) == set(), "these need their counterpart, or a reason in the table"
    assert set(listed) - found == set(), "these have their counterpart; remove them from the table"
    assert len(set(listed)) == len(listed), "the table lists a path twice"


def files(folder: str, pattern: str) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob(pattern)):
        if not {"build", "node_modules", "__pycache__"} & set(path.parts):
            yield path.relative_to(ROOT).as_posix()


def defines_something(path: str) -> bool:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in tree.body)


def root_of(module: str) -> str:
    """Return the code root of a module, or an empty text."""
    return max((root for root in ROOTS if module.startswith(f"{root}/")), key=len, default="")


def place_of_test(module: str) -> str:
    """Return the path of a module's test file."""
    root = root_of(module)
    path = PurePosixPath(module).relative_to(root)
    name = path.parent.name if path.stem == "__init__" else path.stem.strip("_")
    return (ROOTS[root] / path.parent / f"test_{name}.py").as_posix()


MODULES = [
    path
    for folder in ("platform", "functions")
    for path in files(folder, "*.py")
    if not path.endswith("/__init__.py") or defines_something(path)
]
TESTS = set(files("tests", "test_*.py"))
EXPECTED = {place_of_test(module): module for module in MODULES if root_of(module)}


def test_every_module_belongs_to_a_root_and_has_a_place_of_its_own() -> None:
    assert [module for module in MODULES if not root_of(module)] == [], "add its root to ROOTS"
    assert ROOTS.keys() == {root_of(module) for module in MODULES}
    assert len(EXPECTED) == len(MODULES) > 300


def test_a_module_has_a_test_file_at_its_path_unless_a_reason_is_listed() -> None:
    missing = {module for place, module in EXPECTED.items() if place not in TESTS}
    compare(paths(WITHOUT_TEST, "{}"), missing)


def test_a_test_file_names_a_module_unless_a_reason_is_listed() -> None:
    suites = tuple(f"{folder}/" for folder in SUITES)
    unknown = {test for test in TESTS - EXPECTED.keys() if not test.startswith(suites)}
    compare(paths(TESTS_WITHOUT_MODULE, "test_{}"), unknown)


@pytest.mark.parametrize("folder", SUITES)
def test_a_suite_has_tests_and_is_no_place_for_the_tests_of_a_module(folder: str) -> None:
    assert any(test.startswith(f"{folder}/") for test in TESTS)
    assert [test for test in EXPECTED if test.startswith(f"{folder}/")] == []


@pytest.mark.parametrize(
    ("module", "place"),
    [
        ("platform/catalog_platform/cli.py", "tests/test_cli.py"),
        ("platform/catalog_platform/__main__.py", "tests/test_main.py"),
        ("platform/catalog_platform/report/__init__.py", "tests/report/test_report.py"),
        (
            "functions/runtime/src/catalog_runtime/deadline.py",
            "tests/functions/runtime/test_deadline.py",
        ),
    ],
)
def test_the_place_of_a_test_follows_from_the_path_of_the_module(module: str, place: str) -> None:
    assert place_of_test(module) == place
