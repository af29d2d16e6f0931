"""The values of unquoted YAML words, by YAML 1.2's core schema.

https://yaml.org/spec/1.2.2/#103-core-schema. PyYAML implements YAML 1.1, in which `no` is
false, `014` is twelve, `12:30` is 750 and a date is an object. Unlike in the specification, a
number that would lose its notation stays text: leading zeros (`012345678901` is an account),
infinities, and numbers with too many digits.
"""

from __future__ import annotations

import math
import re

from catalog_platform.yaml_loader.nodes import Value

WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
BASED = re.compile(r"0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
MAXIMUM_NUMBER_LENGTH = 40


def read(word: str) -> Value:
    """Return the value of an unquoted word, or the word itself if it is text."""
    if word in WORDS:
        return WORDS[word]
    if len(word) > MAXIMUM_NUMBER_LENGTH:
        return word
    if INTEGER.fullmatch(word):
        return int(word)
    if BASED.fullmatch(word):
        return int(word, 0)
    if FLOAT.fullmatch(word) and any(mark in word for mark in ".eE"):
        number = float(word)
        return number if math.isfinite(number) else word
    return word
