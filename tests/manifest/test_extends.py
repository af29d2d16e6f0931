from __future__ import annotations

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.extends import MAXIMUM_DEPTH, MAXIMUM_FILES, chain
from catalog_platform.manifest.reader import ManifestReader
from support.manifests import VALID, a_repository, findings_of, with_files


def extending(*names: str) -> str:
    return f"extends: [{', '.join(names)}]\n"


def a_family(root, sample: str, **files: str):
    paths = {name.replace("__", "/") + ".yaml": content for name, content in files.items()}
    return with_files(a_repository(root / "r", sample=sample + VALID), paths)


def order(workspace) -> list[str]:
    found = chain(ManifestReader(workspace), "sample.yaml")
    return [document.file.removeprefix("environments/") for document in found.documents]


def test_extended_files_are_merged_after_the_defaults_and_before_the_file_itself(tmp_path):
    workspace = a_family(
        tmp_path,
        extending("shared/b.yaml", "shared/c.yaml"),
        shared__a="stream: {shards: 3}",
        shared__b=extending("shared/a.yaml") + "stream: {shards: 4}",
        shared__c="cache: {shards: 2}",
    )
    assert order(workspace) == [
        "defaults.yaml",
        "shared/a.yaml",
        "shared/b.yaml",
        "shared/c.yaml",
        "sample.yaml",
    ]
    assert Manifests(workspace).resolve("sample")["stream.shards"].value == 4


def test_a_file_that_is_reached_twice_counts_once(tmp_path):
    workspace = a_family(
        tmp_path,
        extending("b.yaml", "c.yaml"),
        a="{}",
        b=extending("a.yaml"),
        c=extending("a.yaml"),
    )
    assert order(workspace).count("a.yaml") == 1


def test_an_environment_may_extend_another_one(tmp_path):
    other = VALID.replace("sample", "other").replace("10.55", "10.56") + "stream: {shards: 7}\n"
    workspace = a_family(tmp_path, extending("other.yaml"), other=other)
    assert findings_of(workspace) == ()
    assert Manifests(workspace).load("sample").stream.shards == 7


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("shared/x.yml", "'shared/x.yml' does not end in .yaml", "rename it to x.yaml"),
        (
            "shared/other.yml",
            "environments/shared/other.yml does not exist",
            "did you mean 'shared",
        ),
        (
            "shared/others",
            "environments/shared/others does not exist",
            "did you mean 'shared/other",
        ),
        ("shared", "environments/shared does not exist", "write the path relative to"),
        (".", "environments/. does not exist", "write the path relative to"),
    ],
)
def test_a_file_that_cannot_be_extended_is_reported_with_the_fix(tmp_path, name, message, hint):
    workspace = a_family(tmp_path, extending(name), shared__other="{}")
    (workspace.environments / "shared" / "x.yml").write_text("{}")
    (found,) = findings_of(workspace, "sample")
    assert (found.rule, found.message) == ("extends-missing", message)
    assert found.hint.startswith(hint)


def test_a_cycle_is_reported_where_it_closes(tmp_path):
    workspace = a_family(
        tmp_path, extending("a.yaml"), a=extending("b.yaml"), b="stream: {}\n" + extending("a.yaml")
    )
    (found,) = findings_of(workspace, "sample")
    assert (found.rule, str(found.location)) == ("extends-cycle", "environments/b.yaml:2:11")
    assert found.message == "extends itself: a.yaml → b.yaml → a.yaml"


def test_a_chain_that_is_too_deep_ends_with_a_finding(tmp_path):
    files = {f"f{n}": extending(f"f{n + 1}.yaml") for n in range(30)} | {"f30": "{}"}
    (found,) = findings_of(a_family(tmp_path, extending("f0.yaml"), **files), "sample")
    assert found.rule == "extends-too-deep"
    assert found.location.file == f"environments/f{MAXIMUM_DEPTH - 2}.yaml"


def test_a_chain_of_too_many_files_ends_with_a_finding(tmp_path):
    leaves = [f"l{n}" for n in range(40)]
    parts = {
        f"p{n}": extending(*(f"{leaf}.yaml" for leaf in leaves[n * 8 : n * 8 + 8]))
        for n in range(5)
    }
    workspace = a_family(
        tmp_path,
        extending(*(f"{name}.yaml" for name in parts)),
        **parts,
        **dict.fromkeys(leaves, "stream: {}"),
    )
    assert {each.rule for each in findings_of(workspace, "sample")} == {"extends-too-deep"}
    assert len(order(workspace)) <= MAXIMUM_FILES + 1


@pytest.mark.parametrize(
    "path",
    ["../secret.yaml", "/etc/passwd.yaml", "shared/../../secret.yaml", "link.yaml", "far/s.yaml"],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path, path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "s.yaml").write_text("tags: {owner: stolen}")
    workspace = a_family(tmp_path, extending(path))
    (workspace.root / "secret.yaml").write_text("tags: {owner: stolen}")
    (workspace.environments / "link.yaml").symlink_to(tmp_path / "outside" / "s.yaml")
    (workspace.environments / "far").symlink_to(tmp_path / "outside")
    (found,) = findings_of(workspace, "sample")
    assert found.rule == "extends-outside"


def test_a_cycle_of_links_is_refused(tmp_path):
    workspace = a_family(tmp_path, extending("loop.yaml"))
    (workspace.environments / "loop.yaml").symlink_to("loop.yaml")
    assert [each.rule for each in findings_of(workspace, "sample")] == ["extends-outside"]


def test_a_missing_file_gets_a_suggestion(tmp_path):
    workspace = a_family(tmp_path, extending("shared/two-zone.yaml"), shared__two_zones="{}")
    (workspace.environments / "shared/two_zones.yaml").rename(
        workspace.environments / "shared/two-zones.yaml"
    )
    (found,) = findings_of(workspace, "sample")
    assert (found.rule, found.hint) == ("extends-missing", "did you mean 'shared/two-zones.yaml'?")


def test_an_error_in_an_extended_file_is_reported_at_its_own_line(tmp_path):
    base = "stream:\n  shards: 4\n  shard: 5\n"
    workspace = a_family(tmp_path, extending("base.yaml"), base=base)
    (found,) = findings_of(workspace, "sample")
    assert str(found.location) == "environments/base.yaml:3:3"
    assert found.environment == "sample"
    excerpt = Manifests(workspace).excerpt(found.location)
    assert excerpt is not None
    assert excerpt.line == "  shard: 5"


def test_an_error_in_a_shared_file_is_reported_once(tmp_path):
    other = VALID.replace("sample", "other").replace("10.55", "10.56")
    workspace = a_family(
        tmp_path,
        extending("shared/base.yaml"),
        other=extending("shared/base.yaml") + other,
        shared__base="stream: {shard: 5}\n",
    )
    assert len(findings_of(workspace)) == 1
