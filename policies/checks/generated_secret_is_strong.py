"""Policy: a generated password can't be guessed."""

from __future__ import annotations

import math
import string
from collections.abc import Iterator, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.intrinsics import always, branches
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import number

PATH = "Properties/GenerateSecretString"
# The strength of the keys that encrypt the secret's traffic; 22 letters and digits have it.
BITS = 128
# The default of Secrets Manager.
LENGTH = 32
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
CHARACTERS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
    "ExcludeUppercase": string.ascii_uppercase,
}
# Letters and digits are in every password that an auditor accepts.
NEEDED = ("ExcludeLowercase", "ExcludeNumbers", "ExcludeUppercase")


class GeneratedSecretIsStrong(TemplateCheck):
    """Fail for a short password, for excluded letters or digits, and for types left to chance."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A generated password has {BITS} bits, with letters and digits of each type",
            id="CKV_CATALOG_65",
            categories=(CheckCategories.SECRETS,),
            supported_resources=("AWS::SecretsManager::Secret",),
            guideline=f"Leave PasswordLength at its default, {LENGTH}, or above, and exclude at "
            "most punctuation.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield the settings that make the password of a secret weaker."""
        for path, settings in branches(resource.properties.get("GenerateSecretString"), PATH):
            if isinstance(settings, Mapping):
                yield from _weak(settings, path)


def _weak(settings: Mapping[str, Any], path: str) -> Iterator[str]:
    if not always(settings.get("RequireEachIncludedType", True), True):
        yield f"{path}/RequireEachIncludedType"
    excluded = {name for name in CHARACTERS if not always(settings.get(name, False), False)}
    yield from (f"{path}/{name}" for name in NEEDED if name in excluded)
    dropped = settings.get("ExcludeCharacters", "")
    alphabet = set().union(*(set(CHARACTERS[name]) for name in CHARACTERS.keys() - excluded))
    # A value that only the deployment resolves can exclude any character.
    alphabet -= set(dropped) if isinstance(dropped, str) else alphabet
    length = number(settings.get("PasswordLength", LENGTH))
    if length is None or length * math.log2(max(len(alphabet), 1)) < BITS:
        # Both count: a waiver for one length must not cover a smaller alphabet.
        yield from (f"{path}/{name}" for name in ("PasswordLength", "ExcludeCharacters"))


check = GeneratedSecretIsStrong()
