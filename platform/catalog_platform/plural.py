"""Numbers with their nouns, in messages."""

from __future__ import annotations


def plural(number: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, such as `1 dead letter` or `2,000 dead letters`.

    `nouns` is the plural form; by default it is `noun` with an `s`.
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
