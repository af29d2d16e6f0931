"""Malicious or random manifests result quickly in findings or a model, never in a crash."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_platform import report
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests, rule_registry
from catalog_platform.manifest.documentation import leaves
from catalog_platform.yaml_loader import characters
from support.fuzzing import generated
from support.hostile import DRAGS, EVERYTHING, EXPRESSIONS, expression
from support.manifests import VALID, a_repository, findings_of

VALUE_RULES = {
    "type-change", "wrong-type", "missing-key", "not-a-choice", "out-of-range", "wrong-form",
}  # fmt: skip
LONGEST_SECONDS = 1.5  # of processor time, on a machine that others use, too
MOST_MEGABYTES = 160


def checked(root, content: str | bytes):
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    workspace = a_repository(root / "r", sample=data)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    manifests = Manifests(workspace)
    found = manifests.check(["sample"])[1]
    shown = "".join(report.render(found, each, manifests) for each in report.FORMATS)
    assert time.process_time() - started < LONGEST_SECONDS
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    assert grown < MOST_MEGABYTES
    return found, shown


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_malicious_manifest_is_refused_quickly(name, tmp_path):
    found, shown = checked(tmp_path, EVERYTHING[name])
    assert has_errors(found) or name == "many comments"
    assert not any(characters.hidden_characters(shown, allowed="\n"))
    assert "\n::error::owned" not in shown
    for finding in found:
        assert rule_registry.rule_link(finding.rule), finding.rule
        assert finding.location.line >= 1
        assert finding.location.column >= 1
        assert len(finding.message) < 1000


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_malicious_expression_is_reported_in_its_own_line(name, tmp_path):
    (found, *others), _ = checked(tmp_path, expression(EXPRESSIONS[name]))
    assert others == []
    assert (found.location.line, found.path) == (8, "tags.owner")


@pytest.mark.parametrize("name", [b"\xff.yml", b"\x1b[2J.yaml", b"a\n::error::owned.yaml"])
def test_any_file_name_can_be_printed(name, tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    (Path(os.fsdecode(bytes(workspace.environments) + b"/" + name))).write_text(VALID)
    manifests = Manifests(workspace)
    found = manifests.check([])[1]
    assert has_errors(found)
    for each in report.FORMATS:
        shown = report.render(found, each, manifests)
        assert shown.encode()
        assert "\n::error::owned" not in shown
        assert not any(characters.hidden_characters(shown, allowed="\n"))


def test_a_file_of_100_mb_is_not_read(tmp_path):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    path = workspace.environments / "sample.yaml"
    path.write_bytes(b"# " + b"x" * 100_000_000)
    started = time.process_time()
    (found,) = findings_of(workspace)
    assert time.process_time() - started < LONGEST_SECONDS
    assert found.message == "is larger than the maximum of 256 KiB"


def test_too_much_work_is_reported_once(tmp_path):
    found, _ = checked(tmp_path, DRAGS["expressions of all keys"])
    (limit,) = (each for each in found if each.rule == "expression")
    assert limit.message == "all expressions together can have at most 65536 characters"


@pytest.mark.parametrize("name", DRAGS)
def test_expressions_that_are_too_expensive_together_reach_a_limit(name, tmp_path):
    assert has_errors(checked(tmp_path, DRAGS[name])[0])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"), ("off", "off"), ("NO", "NO"), ("014", "014"), ("1_000", "1_000"),
        ("190:20", "190:20"), ("12:30:45", "12:30:45"), ("1.10", "1.10"), ("1e3", "1e3"),
        ("08", "08"), ("2024-01-01", "2024-01-01"), ("012345678901", "012345678901"),
        ("123456789012", "123456789012"), ("0x1f", "0x1f"),
    ],
)  # fmt: skip
def test_a_plain_word_keeps_its_text(tmp_path, written, value):
    workspace = a_repository(tmp_path / "r", sample=VALID + f"tags: {{owner: {written}}}\n")
    assert Manifests(workspace).resolve("sample")["tags.owner"].value == value


def test_a_byte_order_mark_at_the_start_is_fine(tmp_path):
    assert findings_of(a_repository(tmp_path / "r", sample=b"\xef\xbb\xbf" + VALID.encode())) == ()


def test_a_value_cannot_become_structure_or_another_line(tmp_path):
    ((found,), _) = checked(tmp_path, expression("{{ 'x\\nprod: true' }}"))
    assert found.rule == "hidden-character"


@pytest.mark.parametrize(
    "wrong", ["3.13", "true", "-1", "x y", "30s", "'1'", "2026-11-26", "[1]", "{a: 1}", "", "~"]
)
def test_a_wrong_value_of_any_key_is_reported_with_what_is_valid_or_how_to_write_it(
    wrong, tmp_path
):
    lines: dict[str, str] = {}
    for section, key in (leaf.split(".", 1) for leaf in leaves() if leaf.count(".") == 1):
        lines[section] = lines.get(section, f"{section}:\n") + f"  {key}: {wrong}\n"
    workspace = a_repository(tmp_path / "r", sample="".join(lines.values()))
    found = [each for each in findings_of(workspace, "sample") if each.rule in VALUE_RULES]
    assert len(found) > 40
    for finding in found:
        listed = "it accepts: " in finding.hint, "is not one of: " in finding.message
        assert any(listed) or "write it like " in finding.hint or "range of" in finding.message, (
            finding
        )


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.integers(10**6, 10**9).map(generated),
    )
)
def test_any_content_results_in_findings_or_a_model(tmp_path_factory, content):
    workspace = a_repository(tmp_path_factory.mktemp("r") / "r", sample=content)
    manifests = Manifests(workspace)
    valid, found = manifests.check(["sample"])
    assert has_errors(found) != ("sample" in valid)
    report.render(found, "text", manifests)


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f"section_{n}: 1\n" for n in range(1900)),
        "database:\n" + "".join(f"  key_{n}: 1\n" for n in range(1900)),
        "tags:\n" + "".join(f'  k{n}: "{{{{ tags.k{n + 1} }}}}"\n' for n in range(1900)),
        "tags:\n" + "".join(f'  k{n}: "{{{{ tags | length + {n} }}}}"\n' for n in range(900)),
        "tags:\n" + "".join(f'  k{n}: "{{{{ tags.k{n} }}}}"\n' for n in range(1900)),
    ],
    ids=["sections", "keys", "chain", "everything", "cycles"],
)
def test_the_most_expensive_manifest_within_the_limits_takes_seconds(tmp_path, lines):
    workspace = a_repository(tmp_path / "r", sample=VALID + lines)
    started = time.monotonic()
    assert findings_of(workspace)
    assert time.monotonic() - started < 30
