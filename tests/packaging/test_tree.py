from __future__ import annotations

from pathlib import Path

from catalog_platform.packaging.tree import missing_services, prune


def installed(root: Path) -> Path:
    for name in (
        "bin/tool",
        ".lock",
        "lib-1.dist-info/RECORD",
        "lib-1.dist-info/INSTALLER",
        "lib-1.dist-info/METADATA",
        "lib/__init__.py",
        "lib/__pycache__/__init__.pyc",
        "lib/fast.so",
        "lib/fast.pyx",
        "lib/py.typed",
        "lib/types.pyi",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return root


def files(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_only_runtime_files_are_kept(tmp_path: Path) -> None:
    prune(installed(tmp_path), frozenset({"s3"}))

    assert files(tmp_path) == {
        "lib-1.dist-info/METADATA",
        "lib/__init__.py",
        "lib/fast.so",
        "lib/py.typed",
        "botocore/data/endpoints.json",
        "botocore/data/s3/2006-03-01/service-2.json.gz",
    }


def test_services_missing_in_botocore_are_found(tmp_path: Path) -> None:
    assert missing_services(installed(tmp_path), frozenset({"s3", "s4"})) == ["s4"]
