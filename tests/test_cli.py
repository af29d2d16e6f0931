from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from catalog_platform import cli
from catalog_platform.commands import schema, validate
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.terminal.progress import Progress
from support.manifests import VALID, a_repository, with_lines

VERBS = ("validate", "render", "explain", "schema", "synth", "scan", "deploy", "verify", "local")


@pytest.fixture
def root(tmp_path):
    return a_repository(tmp_path / "r", sample=VALID).root


def raising(error: BaseException):
    def run(*_args: object, **_options: object) -> int:
        raise error

    return run


def test_help_lists_every_verb_and_a_first_step(capsys):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    for verb in VERBS:
        assert f"\n    {verb} " in shown
    assert "catalogctl validate" in shown
    assert "exit codes:" in shown


def test_the_version_is_the_package_s(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("catalogctl 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["validate", "--format", "xml"],
        ["render"],
        ["explain", "sample"],
        ["synth"],
        ["synth", "--out", "x", "--target", "azure"],
        ["verify", "sample", "--updates", "-1"],
        ["verify", "sample", "--updates", "many"],
        ["demo", "--malformed", "1e3"],
        ["local"],
        ["local", "sideways"],
        ["verify", "sample", "--updates", "1000001"],
        ["-C", "/does/not/exist", "validate"],
        ["-C", "x" * 5000, "validate"],
    ],
)
def test_a_wrong_command_line_exits_2_with_a_message_on_stderr(arguments, capsys):
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err


def test_an_unknown_target_in_the_process_environment_is_a_usage_error(monkeypatch, capsys):
    monkeypatch.setenv("CATALOGCTL_TARGET", "azure")
    assert cli.main(["synth", "--out", "x"]) == 2
    assert "'azure' is not one of: aws, embedded" in capsys.readouterr().err


def test_a_folder_that_is_no_repository_exits_2(tmp_path, capsys):
    assert cli.main(["-C", str(tmp_path), "validate"]) == 2
    assert "hint: " in capsys.readouterr().err


def test_the_folder_may_follow_the_verb(root, tmp_path, capsys):
    assert cli.main(["render", "sample", "-C", str(root)]) == 0
    alone = capsys.readouterr().out
    assert cli.main(["-C", str(tmp_path / "no"), "render", "-C", str(root), "sample"]) == 0
    assert capsys.readouterr().out == alone
    assert cli.main(["-C", str(root), "local", "status", "-C", str(tmp_path / "no")]) == 2
    assert f"-C {tmp_path / 'no'}: no such folder" in capsys.readouterr().err


def test_an_unknown_environment_exits_2_with_the_nearest_name(root, capsys):
    assert cli.main(["-C", str(root), "validate", "smaple"]) == 2
    assert capsys.readouterr().err == (
        "catalogctl: unknown environment 'smaple'; environments: sample\n"
        "catalogctl: hint: did you mean 'sample'?\n"
    )


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_findings_exit_1_and_are_data_on_stdout_in_every_format(tmp_path, capsys, form):
    root = a_repository(tmp_path / "x", sample=with_lines("cache:\n  port: 1\n")).root
    assert cli.main(["-C", str(root), "validate", "--format", form]) == 1
    out, err = capsys.readouterr()
    assert "out-of-range" in out
    assert err == ""


def test_findings_that_stop_another_command_are_printed_in_its_format_or_as_text(tmp_path, capsys):
    root = a_repository(tmp_path / "x", sample=with_lines("cache:\n  port: 1\n")).root
    assert cli.main(["-C", str(root), "render", "sample"]) == 1
    assert "environments/sample.yaml:8:9: cache.port: 1 is below" in capsys.readouterr().out
    assert cli.main(["-C", str(root), "render", "sample", "--format", "json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 1


def test_an_expected_failure_exits_1_with_its_hint(root, monkeypatch, capsys):
    monkeypatch.setattr(schema, "run", raising(PlatformError("no way", hint="go round")))
    assert cli.main(["-C", str(root), "schema"]) == 1
    assert capsys.readouterr().err == "catalogctl: no way\ncatalogctl: hint: go round\n"


def test_a_failing_program_shows_the_end_of_what_it_printed(root, monkeypatch, capsys):
    error = ToolError("cdk failed with exit code 1", returncode=1, tail="the\nreason")
    monkeypatch.setattr(schema, "run", raising(error))
    assert cli.main(["-C", str(root), "schema"]) == 1
    assert capsys.readouterr().err == "catalogctl: cdk failed with exit code 1\nthe\nreason\n"


def test_an_interruption_exits_130_with_one_line(root, monkeypatch, capsys):
    monkeypatch.setattr(schema, "run", raising(KeyboardInterrupt()))
    assert cli.main(["-C", str(root), "schema"]) == 130
    assert capsys.readouterr().err == "catalogctl: interrupted\n"


def test_a_full_disk_is_one_line_that_names_the_file(root, monkeypatch, capsys):
    full = OSError(errno.ENOSPC, "No space left on device", "/x/file")
    monkeypatch.setattr(schema, "run", raising(full))
    assert cli.main(["-C", str(root), "schema"]) == 1
    assert capsys.readouterr().err == "catalogctl: No space left on device: /x/file\n"


def test_a_bug_exits_3_with_one_line_and_keeps_the_traceback(root, monkeypatch, capsys):
    monkeypatch.setattr(schema, "run", raising(ZeroDivisionError("oh")))
    assert cli.main(["-C", str(root), "schema"]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("catalogctl: bug: ZeroDivisionError: oh (traceback in ")
    log = Path(line.rpartition("traceback in ")[2].removesuffix(")"))
    assert log.parent == root / "build"
    assert "Traceback" in log.read_text()


def test_a_bug_where_build_cannot_be_written_is_kept_elsewhere(root, monkeypatch, capsys):
    (root / "build").write_text("in the way")
    monkeypatch.setattr(schema, "run", raising(ZeroDivisionError("oh")))
    assert cli.main(["-C", str(root), "schema"]) == 3
    line = capsys.readouterr().err.strip()
    log = Path(line.rpartition("traceback in ")[2].removesuffix(")"))
    assert "ZeroDivisionError" in log.read_text()
    log.unlink()


def test_quiet_hides_the_progress_of_every_command(root, monkeypatch, capsys):
    def run(_workspace: object, **_options: object) -> int:
        with Progress().step("something long"):
            return 0

    monkeypatch.setattr(schema, "run", run)
    assert cli.main(["-C", str(root), "--quiet", "schema"]) == 0
    assert capsys.readouterr().err == ""
    assert cli.main(["-C", str(root), "schema"]) == 0
    assert "something long" in capsys.readouterr().err


def test_every_option_is_handed_to_the_command_under_its_own_name(root, monkeypatch):
    handed: dict[str, object] = {}

    def run(_workspace: object, **options: object) -> int:
        handed.update(options)
        return 0

    monkeypatch.setattr(validate, "run", run)
    assert cli.main(["-C", str(root), "validate", "a", "b", "--sarif", "x"]) == 0
    assert handed == {"names": ["a", "b"], "format": "text", "sarif": Path("x")}


def test_profile_prints_the_stages_on_stderr_and_changes_nothing_else(root, capsys):
    assert cli.main(["-C", str(root), "validate", "--profile"]) in (0, 1)
    profiled = capsys.readouterr()
    cli.main(["-C", str(root), "validate"])
    assert profiled.out == capsys.readouterr().out
    lines = profiled.err.splitlines()
    assert lines[-1].startswith("total")
    assert {"start", "other"} <= {line.split()[0] for line in lines}
