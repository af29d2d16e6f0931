"""Find content of a template whose effect policies cannot know.

Policies see the template, not what CloudFormation makes of it. A condition, a macro, a parameter
or a nested template would let a value pass that is another one in AWS. The stack needs none of
them, so each is a problem.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.policy.assembly import Resource, StackTemplate
from catalog_platform.policy.intrinsics import literals, references
from catalog_platform.policy.known_types import TYPES
from catalog_platform.policy.secret_texts import (
    holds_credentials,
    names_a_secret,
    resolves_to_a_secret,
)
from catalog_platform.policy.verdicts import ScanProblem

RULE = "scan-unevaluated"
# `Parameters` and `Rules` only compare the version of the CDK's bootstrap stack.
SECTIONS = frozenset(
    ("AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Parameters", "Resources")
) | {"Rules"}
FUNCTIONS = frozenset(
    ("Ref", "Fn::Base64", "Fn::GetAtt", "Fn::GetAZs", "Fn::Join", "Fn::Select", "Fn::Split")
) | {"Fn::Sub"}
# These create resources from another template.
NESTED = re.compile(
    r"AWS::CloudFormation::(Stack|StackSet|Macro)|AWS::Serverless::.*|.*::MODULE"
    r"|AWS::ServiceCatalog::CloudFormationProvisionedProduct"
)
# IAM accepts a document as text, which policies don't parse, and CloudFormation accepts a function
# for each part of it.
DOCUMENTS = frozenset(("AssumeRolePolicyDocument", "KeyPolicy", "PolicyDocument", "ResourcePolicy"))
WILD_SERVICE = re.compile(r"^[^:]*[*?]")
STATEMENTS = frozenset(("Action", "Effect", "NotAction", "Statement"))
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
PARAMETER_REFERENCE = re.compile(r"\{\{resolve:ssm")
FUNCTION = "AWS::Lambda::Function"
CUSTOM_RESOURCE = re.compile(r"AWS::CloudFormation::CustomResource|Custom::.*")
HINT = "write the value, or make the decision in the CDK app, so that the scan sees the result"

TYPE_HINT = (
    "use a type of the platform and code of the stack; CONTRIBUTING.md describes how to add a type"
)


def unevaluated(stack: StackTemplate) -> Iterator[ScanProblem]:
    """Yield a problem for each part of the template that policies cannot evaluate."""
    for section in sorted(stack.sections.keys() - SECTIONS):
        message = f"the template has {section}, which can change what is deployed"
        yield ScanProblem(rule=RULE, message=message, hint=HINT, file=stack.template)
    for why in _outputs(stack.sections.get("Outputs")):
        yield ScanProblem(rule=RULE, message=why, hint=HINT, file=stack.template)
    parameters = stack.sections.get("Parameters")
    names = frozenset(parameters) if isinstance(parameters, Mapping) else frozenset()
    for resource in stack.resources.values():
        if reason := _of_type(resource, stack):
            yield ScanProblem(
                rule=RULE, message=reason, hint=TYPE_HINT, logical_id=resource.logical_id
            )
        found = []
        if "Condition" in resource.attributes:
            found.append("has a condition, so it may not be created")
        for node in (resource.attributes, resource.properties):
            found += [f"{path}: {why}" for path, why in _walk(node, "", names)]
        for why in dict.fromkeys(found):
            yield ScanProblem(rule=RULE, message=why, hint=HINT, logical_id=resource.logical_id)


def _of_type(resource: Resource, stack: StackTemplate) -> str:
    """Return what is unknown about a resource because of its type, or an empty text.

    The stack of an environment has the types that the platform creates. A sample can have all of
    AWS's.
    """
    kind = resource.type
    if NESTED.fullmatch(kind):
        return f"{kind} creates resources from another template, which is not scanned"
    if CUSTOM_RESOURCE.fullmatch(kind):
        target = references(resource.properties.get("ServiceToken")) & stack.resources.keys()
        is_own = any(stack.resources[name].type == FUNCTION for name in target)
        return "" if is_own else f"{kind} runs code that is not part of the stack"
    is_known = kind in TYPES or (kind.startswith("AWS::") and stack.is_sample)
    return "" if is_known else f"no policy knows the type {kind}"


def _outputs(outputs: Any) -> Iterator[str]:
    """Yield the outputs that show a secret to everyone who may describe the stack."""
    for name, output in outputs.items() if isinstance(outputs, Mapping) else ():
        value = output.get("Value") if isinstance(output, Mapping) else None
        text = str(value)
        is_literal = isinstance(value, str) and names_a_secret(name)
        if is_literal or holds_credentials(text) or resolves_to_a_secret(text):
            yield f"the output {name} shows a secret, or is named after one"


def _walk(node: Any, path: str, parameters: frozenset[str]) -> Iterator[tuple[str, str]]:
    if isinstance(node, str) and PARAMETER_REFERENCE.search(node):
        yield path, "is read from a parameter when the stack is deployed"
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _walk(each, f"{path}/{number}", parameters)
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        below = f"{path}/{key}".lstrip("/")
        if key in DOCUMENTS:
            yield from ((below, why) for why in _of_document(value))
        listed = value if isinstance(value, list) else [value]
        if key in STATEMENTS and any(map(_is_function, listed)):
            yield below, "policies only read it if it is written out"
        if _is_function({key: value}):
            if reason := _function(key, value, parameters):
                yield path or key, reason
            if len(node) > 1:
                yield path or key, f"{key} stands beside other keys"
        yield from _walk(value, below, parameters)


def _of_document(document: Any) -> Iterator[str]:
    """Yield the forms that IAM accepts and policies of checkov misread as harmless."""
    if not isinstance(document, Mapping) or _is_function(document):
        yield "is a text; policies only read documents that are objects"
        return
    statements = document.get("Statement", [])
    if not isinstance(statements, list):
        yield "policies only read a Statement that is a list"
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = statement.get("Action", []) if isinstance(statement, Mapping) else []
        for action in actions if isinstance(actions, list) else [actions]:
            if WILD_SERVICE.search(str(action)) and action != "*":
                yield f"the action {action} is read as one of a service; write `*` or its service"


def _is_function(node: Any) -> bool:
    return isinstance(node, Mapping) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in node
    )


def _function(name: str, argument: Any, parameters: frozenset[str]) -> str:
    """Return why policies cannot evaluate a function, or an empty text."""
    if name not in FUNCTIONS:
        return f"{name} is evaluated when the stack is deployed"
    if name == "Ref" and argument == "AWS::NoValue":
        return "AWS::NoValue removes the property"
    if name == "Ref" and argument in parameters:
        return f"the parameter {argument} is set when the stack is deployed"
    if name == "Fn::Sub" and parameters & {*_variables(argument)}:
        return "a parameter in it is set when the stack is deployed"
    # What is cut out of a text and a reference can be the text alone.
    is_cut = name == "Fn::Split" and any(literals({name: argument}))
    if is_cut or _is_constant({name: argument}):
        return f"{name} hides a constant value"
    return ""


def _is_constant(node: Any) -> bool:
    """Return whether a value depends on nothing but the template."""
    if not isinstance(node, Mapping):
        return not isinstance(node, list) or all(_is_constant(each) for each in node)
    ((name, argument),) = node.items() if len(node) == 1 else (("", None),)
    if name == "Fn::Select" and isinstance(argument, list) and len(argument) == 2:
        index, choices = argument
        if isinstance(choices, list) and str(index).isdecimal() and int(index) < len(choices):
            return _is_constant(choices[int(index)])
        return _is_constant(choices)
    if name == "Fn::Sub":
        return not list(_variables(argument))
    return name in ("Fn::Base64", "Fn::Join", "Fn::Split") and _is_constant(argument)


def _variables(argument: Any) -> Iterator[str]:
    """Yield the names in `${…}` of an argument of `Fn::Sub`."""
    text = argument[0] if isinstance(argument, list) and argument else argument
    yield from re.findall(r"\$\{([^!}][^}]*)\}", str(text))
