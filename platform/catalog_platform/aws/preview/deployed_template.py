"""Read the template that a stack was deployed with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def deployed_template(session: Session, stack: str) -> dict[str, Any]:
    """Return the template as it was submitted.

    Raises `PlatformError` when AWS refuses the call, or the template isn't JSON.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
    """
    with calling("cloudformation:GetTemplate", f"stack {stack}"):
        body: Any = session.client("cloudformation").get_template(
            StackName=stack, TemplateStage="Original"
        )["TemplateBody"]
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    resources = body.get("Resources") if isinstance(body, Mapping) else None
    if not isinstance(resources, Mapping) or not all(
        isinstance(each, Mapping) and isinstance(each.get("Type"), str)
        for each in resources.values()
    ):
        raise PlatformError(
            f"stack {stack}: the deployed template isn't a JSON template of CloudFormation",
            hint="deploy the stack with catalogctl deploy",
        )
    found: dict[str, Any] = json.loads(json.dumps(body))
    return found


def as_returned(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template with the text that `GetTemplate` returns for it.

    CloudFormation replaces each character outside of ASCII with a question mark.
    https://github.com/aws/aws-cdk/issues/10523
    """
    text = NOT_ASCII.sub("?", json.dumps(template, ensure_ascii=False))
    found: dict[str, Any] = json.loads(text)
    return found
