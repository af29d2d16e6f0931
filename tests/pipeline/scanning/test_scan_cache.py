"""The cache of the base's scans; the files themselves are those of the stack cache."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform.content_cache import ContentCache
from catalog_platform.pipeline.compared_versions import CODE, MANIFESTS, POLICIES
from catalog_platform.pipeline.scanning.scan_cache import KeptScan, ScanCache
from catalog_platform.versions.files import CommitFiles
from support.compared_scans import ScanRepository

DAY = datetime.date(2030, 1, 1)
SCAN = KeptScan("digest", '{"findings": []}')


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
    return ScanRepository.create(tmp_path / "repository", monkeypatch)


def files(made: ScanRepository) -> CommitFiles:
    """Return the files of the commit that is checked out."""
    paths = (*CODE, MANIFESTS, POLICIES)
    return CommitFiles(made.workspace, made.repository.head(), *paths)


def test_a_scan_is_kept_for_its_version_policies_and_day(
    made: ScanRepository, tmp_path: Path
) -> None:
    def cache(day: datetime.date = DAY, *, pinned: bool = False) -> ScanCache:
        return ScanCache(tmp_path / "scans", files(made), day, pinned=pinned)

    assert cache().read("shop") is None
    cache().write("shop", SCAN)
    assert cache().read("shop") == SCAN
    assert cache().read("other") is None
    assert cache(DAY + datetime.timedelta(days=1)).read("shop") is None
    assert cache(pinned=True).read("shop") is None
    (made.workspace.root / "README.md").write_text("no input of a scan\n")
    made.repository.commit("a page")
    assert cache().read("shop") == SCAN
    made.edit_policies()
    made.repository.commit("policies")
    assert cache().read("shop") is None
    cache().write("shop", SCAN)
    made.edit("other", "shards: 2", "shards: 3")
    made.repository.commit("a manifest")
    assert cache().read("shop") is None


def test_another_content_is_not_read(
    made: ScanRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = ScanCache(tmp_path / "scans", files(made), DAY)
    monkeypatch.setattr(ContentCache, "read", lambda *_: b'{"digest": 1}')
    assert cache.read("shop") is None
