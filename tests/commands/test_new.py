from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
import yaml
from msgspec import structs

from catalog_platform.commands import new
from catalog_platform.errors import FindingsError, PlatformError, UsageError
from catalog_platform.manifest import Manifests, scaffold
from catalog_platform.workspace import Workspace
from support import exceptions, workflows
from support.manifests import EXAMPLES, VALID, a_repository, findings_of, with_files, with_lines

SHARED = "network: {interface_endpoints: [kinesis-streams, kms, secretsmanager]}\n"


def started(workspace, name: str = "fresh", source: str = "sample", account=None) -> str:
    assert new.run(workspace, name=name, source=source, account=account) == 0
    return (workspace.environments / f"{name}.yaml").read_text()


def test_a_new_manifest_is_valid_and_has_its_own_addresses(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    text = started(workspace)
    assert findings_of(workspace) == ()
    assert "cidr: 10.56.0.0/16" in text
    assert text.startswith("# yaml-language-server: $schema=../platform/schema/")


@pytest.mark.parametrize("source", EXAMPLES.environment_names())
def test_a_new_environment_is_like_its_source(tmp_path, source):
    shutil.copytree(EXAMPLES.environments, tmp_path / "r" / "environments")
    workspace = Workspace(tmp_path / "r")
    started(workspace, source=source)
    assert findings_of(workspace) == ()
    fresh, old = Manifests(workspace).load("fresh"), Manifests(workspace).load(source)
    # The database is named after its environment, where it has a name.
    assert fresh.database.identifier in ("catalog-fresh", None)
    like_old = structs.replace(fresh.database, identifier=old.database.identifier)
    assert (like_old, fresh.cache, fresh.alarms) == (old.database, old.cache, old.alarms)


def test_overrides_are_copied_with_comments_and_expressions(tmp_path):
    lines = 'database:\n  port: "{{ cache.port - 1 }}"\ncache:\n  engine_version: 8.1\n'
    text = started(a_repository(tmp_path / "r", sample=with_lines(lines)))
    assert '  # TCP port.\n  port: "{{ cache.port - 1 }}"\n' in text
    assert "  engine_version: 8.1\n" in text


def test_extends_and_merge_are_copied_and_divergences_are_not(tmp_path):
    sample = (
        "extends: [shared/x.yaml]\nmerge: {network.interface_endpoints: append}\n"
        + VALID
        + "  interface_endpoints: [sqs]\n"
        + "divergences: [{key: stream.shards, reason: only here and now}]\n"
    )
    workspace = a_repository(tmp_path / "r", sample=sample)
    with_files(workspace, {"shared/x.yaml": SHARED})
    text = started(workspace)
    assert "extends: [shared/x.yaml]\n" in text
    assert "divergences" not in text
    assert Manifests(workspace).load("fresh").network.interface_endpoints == (
        "kinesis-streams",
        "kms",
        "secretsmanager",
        "sqs",
    )


def test_a_restored_database_is_not_restored_again(tmp_path, capsys):
    lines = (
        "database:\n  identifier: catalog-sample-2\n"
        "  restore_from: db-ABCDEFGHIJKLMNOPQRSTUVWXYZ\n"
        '  restore_time: "2026-11-26T02:15:00Z"\n'
    )
    workspace = a_repository(tmp_path / "r", sample=with_lines(lines))
    text = started(workspace)  # in the same account
    assert text.endswith("\ndatabase: {}\n")
    fresh = Manifests(workspace).load("fresh").database
    assert (fresh.identifier, fresh.restore_from, fresh.restore_time) == (None, None, None)
    shown = capsys.readouterr().err
    for key in ("identifier", "restore_from", "restore_time"):
        assert f"  {f'database.{key}':<23} not copied: it is about the data of sample" in shown


def test_an_empty_section_stays_one(tmp_path):
    sample = "extends: [shared/x.yaml]\nmerge: {cache: replace}\n" + with_lines(
        "cache: {}\nstream: {}\nalarms: {processor_errors: {}}\n"
    )
    workspace = a_repository(tmp_path / "r", sample=sample)
    with_files(workspace, {"shared/x.yaml": "cache: {port: 7000}\n"})
    text = started(workspace)
    assert "\ncache: {}\n" in text
    assert "\n  processor_errors: {}\n" in text
    assert Manifests(workspace).load("fresh").cache.port != 7000


def test_exceptions_are_copied_and_to_be_reviewed(tmp_path, capsys):
    sample = exceptions.PRODUCTION + exceptions.NO_STANDBY + exceptions.exception()
    workspace = a_repository(tmp_path / "r", sample=sample)
    started(workspace)
    assert "exceptions              those of sample, with its reasons" in capsys.readouterr().err
    assert Manifests(workspace).load("fresh").database.multi_az is False


def test_an_exception_for_the_name_of_the_source_is_not_copied(tmp_path):
    named = exceptions.exception(rule="tier-follows-the-name", key="environment.tier")
    text = VALID.replace("name: sample", "name: prod-copy") + named
    workspace = a_repository(tmp_path / "r", **{"prod-copy": text})
    assert "exceptions" not in started(workspace, source="prod-copy")


def test_groups_of_the_network_of_the_source_are_to_be_reviewed(tmp_path, capsys):
    lines = "cache: {client_security_groups: [sg-0123456789abcdef0]}\n"
    started(a_repository(tmp_path / "r", sample=with_lines(lines)))
    shown = capsys.readouterr().err
    assert "cache.client_security_groups the same groups as sample; they belong to" in shown


def test_the_findings_of_a_manifest_that_is_not_written_are_announced(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    with pytest.raises(FindingsError):
        new.run(workspace, name="prod", source="sample", account=None)
    assert not (workspace.environments / "prod.yaml").exists()
    assert capsys.readouterr().err.startswith(
        "catalogctl: environments/prod.yaml isn't written; it would have:"
    )


def test_values_to_review_are_printed(tmp_path, capsys):
    started(a_repository(tmp_path / "r", sample=VALID))
    shown = capsys.readouterr()
    assert shown.out == "environments/fresh.yaml\n"
    assert "environment.account     555555555555, the same as sample" in shown.err
    assert "then: catalogctl compare sample fresh" in shown.err


def test_the_job_to_add_equals_those_of_the_deployment_workflow(tmp_path, capsys):
    """Review the text of the command when the jobs of deploy.yml change."""
    job, *_ = workflows.deployments().values()
    started(a_repository(tmp_path / "r", sample=VALID), name="fresh")
    lines = capsys.readouterr().err.splitlines()
    begin = lines.index("    fresh:")
    text = "\n".join(lines[begin : lines.index("then: catalogctl compare sample fresh")])
    (added,) = yaml.safe_load(text).items()
    assert added[0] == "fresh"
    assert added[1].pop("needs") == ["build", "sample"]
    as_fresh = {**job, "name": "fresh", "with": {**job["with"], "environment": "fresh"}}
    as_fresh.pop("needs")
    assert added[1] == as_fresh


def test_an_environment_on_the_embedded_aws_needs_no_workflow(tmp_path, capsys):
    text = with_lines("release: {target: embedded}\n")
    started(a_repository(tmp_path / "r", sample=text))
    assert "workflows" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "account", "words"),
    [
        ("Fresh", None, "'Fresh' is not a valid name"),
        ("../fresh", None, "is not a valid name"),
        ("x" * 21, None, "is not a valid name"),
        ("sample", None, "environments/sample.yaml already exists"),
        ("defaults", None, "environments/defaults.yaml already exists"),
        ("fresh", "12", "'12' is not a valid account"),
    ],
)
def test_an_invalid_name_or_account_is_a_usage_error_and_writes_nothing(
    tmp_path, name, account, words
):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    before = sorted(workspace.root.rglob("*"))
    with pytest.raises(UsageError, match=words):
        new.run(workspace, name=name, source="sample", account=account)
    assert sorted(workspace.root.rglob("*")) == before


def test_a_source_with_findings_is_not_copied(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=with_lines("stream: {shards: 0}\n"))
    with pytest.raises(FindingsError):
        new.run(workspace, name="fresh", source="sample", account=None)
    assert not (workspace.environments / "fresh.yaml").exists()


def test_a_full_disk_is_reported_with_the_file_name_and_leaves_nothing(tmp_path, monkeypatch):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    before = sorted(workspace.root.rglob("*"))

    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PlatformError, match=r"fresh\.yaml: cannot be written: No space left"):
        new.run(workspace, name="fresh", source="sample", account=None)
    assert sorted(workspace.root.rglob("*")) == before


def test_the_next_free_block_of_the_same_size_is_taken():
    assert scaffold.free_block("10.30.0.0/16", ["10.30.0.0/16", "10.31.128.0/17"]) == "10.32.0.0/16"
    assert scaffold.free_block("10.255.0.0/16", ["10.255.0.0/16"]) == "10.0.0.0/16"
    assert scaffold.free_block("192.168.255.0/24", ["192.168.0.0/16"]) == "10.0.0.0/24"
