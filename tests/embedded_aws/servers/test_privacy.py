"""Files of the embedded AWS are private, whatever the umask is."""

from __future__ import annotations

from pathlib import Path

from embedded_aws.servers import privacy


def test_an_appended_file_is_private(tmp_path: Path) -> None:
    with privacy.append(tmp_path / "log") as file:
        file.write(b"one")
    with privacy.append(tmp_path / "log") as file:
        file.write(b"two")
    assert (tmp_path / "log").read_bytes() == b"onetwo"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_access_of_others_is_removed_at_every_depth(tmp_path: Path) -> None:
    folder, outside = tmp_path / "home" / "data", tmp_path / "outside"
    folder.mkdir(parents=True)
    outside.write_text("shared")
    outside.chmod(0o644)
    (folder / "file").write_text("secret")
    (folder / "link").symlink_to(outside)
    (folder / "file").chmod(0o644)
    folder.chmod(0o755)
    privacy.remove_access_of_others(tmp_path / "home")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "file").stat().st_mode & 0o777 == 0o600
    assert outside.stat().st_mode & 0o777 == 0o644
