"""The text of new entries of `policies/waivers.yaml`, below the existing ones."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import tempfile
import textwrap
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from catalog_platform.errors import PlatformError
from catalog_platform.policy import severities
from catalog_platform.policy.waiver_format import FILE, MAXIMUM_ID, Waiver
from catalog_platform.policy.waivers import EnvironmentFacts, Waivers

WIDTH = 94
ID = re.compile(r"^\s*(?:-\s+)?id:\s*[\"']?([a-z0-9-]+)", re.MULTILINE)
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")  # of several words or signs: quoted
EMPTY = re.compile(r"^waivers:[ \t]*(\[\])?[ \t]*$", re.MULTILINE)


def fields(waiver: Waiver) -> dict[str, Any]:
    """Return a waiver as the keys and values of its entry."""
    optional = {"digest": waiver.digest, "ticket": waiver.ticket}
    return {
        "id": waiver.id,
        "kind": waiver.kind,
        "scope": waiver.scope,
        "rules": [*waiver.rules],
        "resources": [*waiver.resources],
        "reason": waiver.reason,
        "owner": waiver.owner,
        "created": waiver.created,
        "expires": waiver.expires,
        **{key: value for key, value in optional.items() if value},
    }


def entry(waiver: Waiver) -> str:
    """Return a waiver as a YAML entry of the list."""
    scope = f"{{{waiver.selector}: [{', '.join(waiver.selected)}]}}" if waiver.selector else "all"
    digest = [f"  digest: {waiver.digest}"] if waiver.digest else []
    ticket = [f"  ticket: {json.dumps(waiver.ticket)}"] if waiver.ticket else []
    reason = textwrap.wrap(" ".join(waiver.reason.split()), WIDTH, break_on_hyphens=False)
    lines = [
        f"- id: {waiver.id}",
        f"  kind: {waiver.kind}",
        f"  scope: {scope}",
        *_list("rules", waiver.rules),
        *_list("resources", waiver.resources),
        *digest,
        "  reason: >-",
        *(f"    {line}" for line in reason),
        f"  owner: {json.dumps(waiver.owner)}",
        *ticket,
        f"  created: {waiver.created}",
        f"  expires: {waiver.expires}",
    ]
    return "\n".join(f"  {line}" for line in lines) + "\n"


def _list(key: str, values: Sequence[str]) -> list[str]:
    """Return the lines of a list: one line if it fits, otherwise one per element."""
    texts = [each if PLAIN.fullmatch(each) else json.dumps(each) for each in values]
    line = f"  {key}: [{', '.join(texts)}]"
    return [line] if len(line) <= WIDTH else [f"  {key}:", *(f"    - {each}" for each in texts)]


def name(*words: str) -> str:
    """Return an id made of words: lower case with hyphens, short enough, its end kept."""
    text = re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")
    return text if len(text) <= MAXIMUM_ID else text[-MAXIMUM_ID:].lstrip("-")


def ids(policies: Path) -> set[str]:
    """Return the ids of all entries of the file, expired ones included."""
    path = policies / FILE
    return set(ID.findall(path.read_text(encoding="utf-8"))) if path.exists() else set()


def with_entries(
    policies: Path, waivers: Sequence[Waiver], known: Sequence[EnvironmentFacts]
) -> str:
    """Return the text of the file with further waivers.

    Raises `PlatformError` when the file would be malformed.
    """
    path = policies / FILE
    before = path.read_text(encoding="utf-8") if path.exists() else "waivers:\n"
    text = EMPTY.sub("waivers:", before).rstrip("\n") + "\n"
    text += "".join(f"\n{entry(each)}" for each in waivers)
    if wrong := _malformed(policies, text, {each.kind for each in waivers}, known):
        raise PlatformError(f"{path}: nothing was written: {'; '.join(dict.fromkeys(wrong))}")
    return text


def _malformed(
    policies: Path, text: str, kinds: Collection[str], known: Sequence[EnvironmentFacts]
) -> list[str]:
    """Return what would be wrong with the text as file of waivers of a folder of policies."""
    today = datetime.datetime.now(datetime.UTC).date()
    with tempfile.TemporaryDirectory(prefix="catalogctl-waivers-") as temporary:
        draft = Path(temporary)
        if (listed := policies / severities.FILE).exists():
            shutil.copy(listed, draft)
        (draft / FILE).write_text(text, encoding="utf-8")
        return [
            each.message
            for kind in kinds
            for each in Waivers(draft, kind, today, known).findings
            if each.rule == "waiver-malformed"
        ]
