"""Policy: a function runs the code of its bundle, and no variable redirects it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack
from catalog_platform.policy.template_check import Resources, TemplateCheck
from catalog_platform.policy.template_values import at

# Code that isn't in the bundle, whose dependencies are locked and tested.
OTHER_CODE = ("Code/ImageUri", "Code/ZipFile", "Layers")
# Variables that Lambda, AWS's libraries, Python and PostgreSQL's client read by themselves.
# https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
# https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
# https://docs.python.org/3/using/cmdline.html#environment-variables
# https://www.postgresql.org/docs/current/libpq-envars.html
READ = re.compile(
    r"AWS_(ACCESS_KEY_ID|CA_BUNDLE|CONFIG_FILE|ENDPOINT_URL.*|LAMBDA_EXEC_WRAPPER|PROFILE"
    r"|ROLE_ARN|SECRET_ACCESS_KEY|SESSION_TOKEN|SHARED_CREDENTIALS_FILE)"
    r"|(ALL|HTTPS?|NO)_PROXY|(CURL|REQUESTS)_CA_BUNDLE|SSL_CERT_(DIR|FILE)|SSLKEYLOGFILE"
    r"|LD_.*|NODE_.*|OPENSSL_CONF|PG[A-Z]+|PYTHON.*",
    re.IGNORECASE,
)


class FunctionRunsItsBundle(TemplateCheck):
    """Fail for inline code, images and layers, and for variables that load code or redirect."""

    def __init__(self) -> None:
        super().__init__(
            name="A function runs the code of its bundle, and no variable redirects it",
            id="CKV_CATALOG_74",
            categories=(CheckCategories.GENERAL_SECURITY,),
            supported_resources=("AWS::Lambda::Function",),
            guideline="Remove the layer, the inline code or the variable: code comes from the "
            "function's bundle, credentials from its role, and addresses and TLS from variables "
            "of the platform.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Yield other code, in the stack of an environment, and the variables that are read."""
        if ScannedStack(resource, resources).is_environment:
            yield from (
                f"Properties/{name}"
                for name in OTHER_CODE
                if at(resource.properties, name) is not None
            )
        variables = at(resource.properties, "Environment/Variables") or {}
        for name in filter(READ.fullmatch, variables):
            yield f"Properties/Environment/Variables/{name}"


check = FunctionRunsItsBundle()
