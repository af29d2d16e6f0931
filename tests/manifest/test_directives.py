from __future__ import annotations

import pytest

from catalog_platform.manifest import Manifests, documentation
from support.manifests import DEFAULTS, VALID, a_repository, findings_of, with_files, with_lines


@pytest.mark.parametrize(
    ("lines", "rule", "words"),
    [
        ("extends: shared.yaml", "wrong-type", "'shared.yaml' is not a list"),
        ("extends: ['{{ environment.name }}.yaml']", "directive", "cannot contain an expression"),
        ("extends:", "wrong-type", "cannot be null"),
        ("merge: {stream.shard: unset}", "unknown-key", "unknown key 'stream.shard'"),
        ("merge: {'.': replace}", "unknown-key", "unknown key '.'"),
        ("merge: {'': replace}", "key", "'' cannot be a key"),
        ("merge: {database..port: unset}", "unknown-key", "unknown key 'database..port'"),
        ("merge: {.stream: unset}", "unknown-key", "unknown key '.stream'"),
        ("divergences: [{key: stream., reason: because we can}]", "unknown-key", "'stream.'"),
        ("merge: {stream.shards: drop}", "not-a-choice", "'drop' is not one of: append"),
        ("merge: {stream.shards: append}", "merge-strategy", "append needs a value, but this"),
        ("merge: {stream.shards: unset}", "merge-strategy", "no extended file sets this key"),
        ("merge: {network.cidr: append}", "merge-strategy", "append needs a list, but this is"),
        ("merge: {network.cidr: replace}", "merge-strategy", "replace is for sections"),
        ("divergences: [{key: databse, reason: because we can}]", "unknown-key", "'databse'"),
        ("divergences: [{key: database}]", "missing-key", "is missing"),
        (
            "divergences: [{key: database, reason: no}]",
            "wrong-length",
            "at least 10 characters, but has 2",
        ),
        ("extend: [a.yaml]", "unknown-key", "unknown section 'extend'"),
    ],
)
def test_an_invalid_directive_is_reported(tmp_path, lines, rule, words):
    (found,) = findings_of(a_repository(tmp_path / "r", sample=f"{lines}\n{VALID}"))
    assert found.rule == rule
    assert words in found.message
    assert found.location.line == 1


def test_too_many_entries_under_merge_are_reported(tmp_path):
    entries = "".join(f"  {key}: unset\n" for key in documentation.leaves()[:51])
    (found,) = findings_of(a_repository(tmp_path / "r", sample=f"merge:\n{entries}{VALID}"))
    assert (found.rule, found.path) == ("wrong-length", "merge")
    assert found.message == "must have at most 50 entries, but has 51"


def test_a_misspelt_directive_gets_a_suggestion(tmp_path):
    (found,) = findings_of(a_repository(tmp_path / "r", sample=f"extend: [a.yaml]\n{VALID}"))
    assert found.hint.startswith("did you mean 'extends'?")


def test_the_defaults_have_no_directives(tmp_path):
    defaults = "extends: [sample.yaml]\n" + DEFAULTS
    (found,) = findings_of(a_repository(tmp_path / "r", defaults=defaults, sample=VALID))
    assert (found.rule, found.location.file) == ("directive", "environments/defaults.yaml")


@pytest.mark.parametrize("name", ["divergences", "exceptions"])
def test_a_file_in_a_folder_has_no_directives_about_one_environment(tmp_path, name):
    workspace = a_repository(tmp_path / "r", sample=f"extends: [shared/x.yaml]\n{VALID}")
    with_files(workspace, {"shared/x.yaml": f"stream: {{shards: 3}}\n{name}: []\n"})
    (found,) = findings_of(workspace)
    assert (found.rule, str(found.location)) == ("directive", "environments/shared/x.yaml:2:1")
    assert found.message == (
        f"'{name}' is not allowed in a file in a folder, which several environments can extend"
    )
    assert found.hint == "move it to the file of an environment"


def test_an_environment_that_another_one_extends_keeps_its_directives(tmp_path):
    other = VALID.replace("sample", "other").replace("10.55", "10.56")
    other += "divergences: [{key: stream.shards, reason: only here and now}]\n"
    sample = f"extends: [other.yaml]\n{VALID}"
    workspace = a_repository(tmp_path / "r", sample=sample, other=other)
    assert findings_of(workspace) == ()
    assert Manifests(workspace).resolve("sample").divergences == ()


def resolved(root, base: str, own: str):
    workspace = a_repository(root / "r", sample="extends: [base.d/x.yaml]\n" + with_lines(own))
    with_files(workspace, {"base.d/x.yaml": base})
    assert findings_of(workspace, "sample") == ()
    return Manifests(workspace).resolve("sample")


def test_append_adds_to_a_list_and_each_element_keeps_its_line(tmp_path):
    found = resolved(
        tmp_path,
        "alarms:\n  subscriptions:\n"
        "    - {protocol: email, endpoint: a@example.com, severities: [warning]}\n",
        "merge: {alarms.subscriptions: append}\n"
        "alarms:\n  subscriptions:\n"
        "    - {protocol: email, endpoint: b@example.com, severities: [warning]}\n",
    )
    endpoints = [each["endpoint"] for each in found["alarms.subscriptions"].value]
    assert endpoints == ["a@example.com", "b@example.com"]
    assert found.locate("alarms.subscriptions[0]").file == "environments/base.d/x.yaml"
    assert found.locate("alarms.subscriptions[1]").file == "environments/sample.yaml"


def test_unset_restores_the_defaults_of_a_key_or_a_section(tmp_path):
    base = "stream: {shards: 9}\ncache: {shards: 3, cluster_mode: enabled}\n"
    found = resolved(tmp_path, base, "merge: {stream.shards: unset, cache: unset}\n")
    assert (found["stream.shards"].value, found["cache.shards"].value) == (2, 1)
    assert found.locate("stream.shards").file == "environments/defaults.yaml"


def test_replace_keeps_this_file_s_keys_and_the_defaults(tmp_path):
    base = "cache: {shards: 3, cluster_mode: enabled, port: 7000}\n"
    found = resolved(tmp_path, base, "merge: {cache: replace}\ncache: {port: 7001}\n")
    assert (found["cache.port"].value, found["cache.shards"].value) == (7001, 1)
    counting = [layer.location.file for layer in found["cache.shards"].layers if layer.counts]
    assert counting == ["environments/defaults.yaml"]
    (winner,) = [layer for layer in found["cache.port"].layers if layer.counts]
    assert winner.location.file == "environments/sample.yaml"


def test_a_key_cannot_be_set_and_unset_in_one_file(tmp_path):
    sample = with_lines("merge: {stream.shards: unset}\nstream: {shards: 4}\n")
    (found,) = findings_of(a_repository(tmp_path / "r", sample=sample))
    assert found.message == "is unset here, but set in environments/sample.yaml:8:18"
