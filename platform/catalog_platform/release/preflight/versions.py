"""Compare versions such as `17.9`; text that is no version is not compared."""

from __future__ import annotations

Version = tuple[int, ...]


def parse(text: str | None) -> Version | None:
    """Return the parts of a version such as `17.9`; None for anything else, such as `6.x`."""
    try:
        return tuple(int(part) for part in text.split(".")) if text else None
    except ValueError:
        return None


def covers(wanted: str, found: str) -> bool:
    """Return whether `found` is `wanted`, or one of its minor versions: `17` covers `17.9`."""
    return found == wanted or found.startswith(f"{wanted}.")


def is_older(wanted: str, deployed: str) -> bool:
    """Return whether `wanted` is older than `deployed`; `17` is not older than `17.9`."""
    new, old = parse(wanted), parse(deployed)
    return new is not None and old is not None and new < old[: len(new)]


def newest(texts: list[str], count: int = 5) -> str:
    """Return the newest versions for a message, the newest first."""
    ordered = sorted(texts, key=lambda text: parse(text) or (), reverse=True)
    return ", ".join(ordered[:count])
