from __future__ import annotations

import time

import pytest

from support.manifests import VALID, a_repository, findings_of


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
