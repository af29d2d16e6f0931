from __future__ import annotations

import json
import subprocess
import sys
import threading
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from catalog_platform.bundle import content_digest
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.packaging import BuildTarget, UserBundles, build, pins
from catalog_platform.workspace import Toolchain, Workspace
from support.bundles import REQUIREMENT, unpacked, write_function

UV = Toolchain.installed().uv
LAMBDA = BuildTarget("3.13", "arm64")
# Bundles for it have no bytecode, so that they are built faster.
OLDER = BuildTarget("3.12", "arm64")
LARGEST_ZIP_BYTES = 20_000_000
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LARGEST_TREE_BYTES = 250 * 1024 * 1024
FUNCTIONS = Workspace.find(Path(__file__).parent).functions
NAMES = ("catalog_reader", "failure_replayer", "inventory_processor", "schema_migrator")


def test_a_bundle_has_the_package_and_its_libraries_at_its_top(tmp_path: Path) -> None:
    function = write_function(tmp_path, bundle='libraries = ["tools"]')
    library = tmp_path / "functions" / "tools" / "src" / "tools"
    library.mkdir(parents=True)
    (library / "data.pem").write_text("certificate")

    bundle = build(function, OLDER, tmp_path / "out", UV)

    assert bundle.parent == tmp_path / "out" / "greeter"
    tree = unpacked(bundle, tmp_path / "tree")
    assert (tree / "greeter" / "handler.py").is_file()
    assert (tree / "tools" / "data.pem").read_text() == "certificate"


def test_an_unchanged_function_is_not_built_again(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    bundle = build(function, OLDER, tmp_path / "out", UV)

    assert build(function, OLDER, tmp_path / "out", tmp_path / "no such program") == bundle


def test_an_edit_creates_another_bundle(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    first = build(function, OLDER, tmp_path / "out", UV)
    (function / "src" / "greeter" / "handler.py").write_text("def handle(*_): return 'bye'\n")

    second = build(function, OLDER, tmp_path / "out", UV)

    assert second != first
    assert content_digest(second) != content_digest(first)
    for bundle, text in ((first, "hello"), (second, "bye")):
        tree = unpacked(bundle, tmp_path / text)
        assert text in (tree / "greeter" / "handler.py").read_text()


def test_another_recipe_with_the_same_files_has_the_same_content(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    first = build(function, OLDER, tmp_path / "out", UV)
    (function / "requirements.txt").write_text("# a comment\n")

    second = build(function, OLDER, tmp_path / "out", UV)

    assert second != first
    assert content_digest(second) == content_digest(first)


def test_a_damaged_bundle_is_built_again(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    bundle = build(function, OLDER, tmp_path / "out", UV)
    content = bundle.read_bytes()
    bundle.unlink()
    bundle.write_bytes(content[:-1])

    assert build(function, OLDER, tmp_path / "out", UV) == bundle
    assert bundle.read_bytes() == content


def test_what_another_repository_has_built_is_not_built_again(tmp_path: Path) -> None:
    function, shared = write_function(tmp_path), UserBundles(tmp_path / "cache")
    here = build(function, OLDER, tmp_path / "here", UV, shared)

    there = build(function, OLDER, tmp_path / "there", tmp_path / "no such program", shared)

    assert there.samefile(here)


def test_concurrent_builds_of_several_repositories_agree(tmp_path: Path) -> None:
    function, shared = write_function(tmp_path), UserBundles(tmp_path / "cache")
    with ThreadPoolExecutor() as executor:
        building = [
            executor.submit(build, function, OLDER, tmp_path / name, UV, shared) for name in "abcd"
        ]
    built = [each.result() for each in building]

    assert len({each.read_bytes() for each in built}) == 1
    (kept,) = (tmp_path / "cache").iterdir()
    assert any(kept.samefile(each) for each in built)


def test_bundles_of_a_repository_are_not_shared(tmp_path: Path) -> None:
    function, shared = write_function(tmp_path), UserBundles(tmp_path / "cache")
    build(function, OLDER, tmp_path / "out", UV)

    build(function, OLDER, tmp_path / "out", UV, shared)

    assert not (tmp_path / "cache").exists()


def test_without_a_folder_for_shared_bundles_they_are_built(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    function, shared = write_function(tmp_path), UserBundles(tmp_path / "cache")

    assert build(function, OLDER, tmp_path / "out", UV, shared).is_file()


def test_concurrent_builds_agree(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    bundles: list[Path] = []

    def run() -> None:
        bundles.append(build(function, OLDER, tmp_path / "out", UV))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(bundles) == 4
    assert list((tmp_path / "out" / "greeter").iterdir()) == [bundles[0]]


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    function = write_function(tmp_path)

    with pytest.raises(ToolError, match="cannot install the requirements of greeter"):
        build(function, OLDER, tmp_path / "out", tmp_path / "no such program")

    assert list((tmp_path / "out" / "greeter").iterdir()) == []


def test_an_unknown_service_is_explained(tmp_path: Path) -> None:
    function = write_function(tmp_path, bundle='services = ["s3"]')

    with pytest.raises(PlatformError, match="services: not in botocore: s3"):
        build(function, OLDER, tmp_path / "out", UV)


def test_an_output_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(PlatformError, match="cannot write the bundle of greeter"):
        build(write_function(tmp_path), OLDER, tmp_path / "out", UV)


def test_a_missing_network_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    function = write_function(tmp_path, requirements=REQUIREMENT)

    with pytest.raises(ToolError) as raised:
        build(function, OLDER, tmp_path / "out", UV)

    assert "check the network" in raised.value.hint
    assert "six" in raised.value.tail


@pytest.mark.e2e
def test_a_wheel_with_another_hash_is_refused(tmp_path: Path) -> None:
    function = write_function(tmp_path, requirements=REQUIREMENT.replace("4721f", "00000"))

    with pytest.raises(ToolError) as raised:
        build(function, LAMBDA, tmp_path / "out", UV)

    assert "a wheel's hash differs" in raised.value.hint


@pytest.mark.e2e
def test_a_missing_wheel_for_the_target_is_explained(tmp_path: Path) -> None:
    # psycopg's wheels for arm64 need a newer C library than Lambda's python3.11 has.
    with pytest.raises(ToolError) as raised:
        build(FUNCTIONS / "schema_migrator", BuildTarget("3.11", "arm64"), tmp_path, UV)

    assert "no wheel for arm64/python3.11" in raised.value.hint


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("name", "target"),
    [
        *((name, LAMBDA) for name in NAMES),
        # One function stands for all on the other kinds of target.
        ("inventory_processor", BuildTarget("3.13", "x86_64")),
        ("inventory_processor", BuildTarget.of_this_machine()),
        ("schema_migrator", BuildTarget("3.11", "x86_64")),
        *(
            pytest.param(name, BuildTarget("3.13", "x86_64"), marks=pytest.mark.exhaustive)
            for name in NAMES
            if name != "inventory_processor"
        ),
    ],
    ids=str,
)
def test_builds_are_reproducible_and_small(tmp_path: Path, name: str, target: BuildTarget) -> None:
    here = build(FUNCTIONS / name, target, tmp_path / "here", UV)
    there = build(FUNCTIONS / name, target, tmp_path / "there", UV)

    assert here.name == there.name
    assert content_digest(here) == content_digest(there)
    assert here.read_bytes() == there.read_bytes()
    assert here.stat().st_size < LARGEST_ZIP_BYTES
    with zipfile.ZipFile(here) as archive:
        names = archive.namelist()
        assert sum(each.file_size for each in archive.infolist()) < LARGEST_TREE_BYTES
        bill = archive.read("sbom.cdx.json").decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    pinned = {pin.name for pin in pins.read((FUNCTIONS / name / "requirements.txt").read_text())}
    listed = {each["name"] for each in json.loads(bill)["components"]} - {"runtime"}
    # The other wheels are needed only by interpreters of other targets.
    assert pinned - listed <= {"async-timeout", "typing-extensions", "tzdata"}
    assert listed <= pinned
    machine = "aarch64" if target.architecture == "arm64" else "x86_64"
    extensions = [each for each in names if each.endswith(".so")]
    assert extensions
    assert all(machine in extension for extension in extensions)


@pytest.mark.e2e
@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_is_self_contained(tmp_path: Path, name: str) -> None:
    bundle = build(FUNCTIONS / name, BuildTarget.of_this_machine(), tmp_path, UV)
    tree = unpacked(bundle, tmp_path / "tree")
    services = tomllib.loads((FUNCTIONS / name / "bundle.toml").read_text())["services"]
    program = (
        f"import sys; sys.path.insert(0, {str(tree)!r}); import {name}.handler;"
        "from catalog_runtime import aws;"
        f"[aws.client(service, connect_seconds=1, read_seconds=1, attempts=1)"
        f" for service in {services}];"
        "assert not any('site-packages' in path for path in sys.path)"
    )

    subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        check=True,
        env={"AWS_DEFAULT_REGION": "eu-west-1"},
    )
