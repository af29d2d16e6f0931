"""Files with passwords are private from their first byte on."""

from __future__ import annotations

from pathlib import Path

from embedded_aws.servers.layout import write_private


def test_files_with_passwords_are_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]
