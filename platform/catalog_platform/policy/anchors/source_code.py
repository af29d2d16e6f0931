"""The functions, classes and calls of the code that makes constructs, by its syntax alone.

Nothing is imported or run: loading the CDK takes seconds, and its stack traces more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, eq=False)
class Function:
    """A function or method; `owner` is the name of its class, or empty."""

    node: ast.FunctionDef
    owner: str
    file: str

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Return the annotation of each parameter, without `self`, in their order."""
        arguments = self.node.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return {
            each.arg: ast.unparse(each.annotation) if each.annotation else ""
            for each in named
            if each.arg != "self"
        }

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all nodes inside."""
        return tuple(ast.walk(self.node))

    def argument(self, call: ast.Call, parameter: str) -> ast.expr | None:
        """Return what a call of this function passes for a parameter; None for its default."""
        at = list(self.parameters).index(parameter)
        named = {each.arg: each.value for each in call.keywords}
        return call.args[at] if at < len(call.args) else named.get(parameter)


@dataclass
class Class:
    """A class: its base classes, its text constants, and the classes of its attributes."""

    bases: tuple[str, ...]
    constants: dict[str, str]
    attributes: dict[str, str] = field(default_factory=dict)


class SourceCode:
    """All functions and classes below a folder; `shown` is the folder's name in locations."""

    def __init__(self, folder: Path, shown: str) -> None:
        self.functions: list[Function] = []
        self.classes: dict[str, Class] = {}
        self._calls: dict[str, list[tuple[ast.Call, Function]]] = {}
        self._modules: dict[str, set[str]] = {}
        for path in sorted(folder.rglob("*.py")):
            file = f"{shown}/{path.relative_to(folder).as_posix()}"
            self._add(ast.parse(path.read_text(encoding="utf-8")), file)
        for function in self.functions:
            for node in function.nodes:
                if isinstance(node, ast.Call):
                    self._calls.setdefault(called(node), []).append((node, function))
                elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    self._add_attribute(function, node.targets[0], called(node.value))

    def calls(self) -> Iterator[tuple[ast.Call, Function]]:
        """Yield every call with the function that contains it."""
        for calls in self._calls.values():
            yield from calls

    def calls_of(self, function: Function) -> Iterator[tuple[ast.Call, Function]]:
        """Yield the calls of a function, found by its name, with the functions that contain them.

        A method is called on an object, a function of a module by its name or on the module.
        """
        is_constructor = function.node.name == "__init__"
        name = function.owner if is_constructor else function.node.name
        for call, caller in self._calls.get(name, ()):
            receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
            is_module = isinstance(receiver, ast.Name) and receiver.id in self._modules[caller.file]
            is_method = receiver is not None and not is_module
            if is_constructor or is_method is bool(function.owner):
                yield call, caller

    def lineage(self, name: str) -> Iterator[str]:
        """Yield a class and its base classes, as far as they are in this code."""
        if name in self.classes:
            yield name
            for base in self.classes[name].bases:
                yield from self.lineage(base)

    def is_construct(self, name: str) -> bool:
        """Return whether a class derives from one of the CDK's."""
        bases = (base for each in self.lineage(name) for base in self.classes[each].bases)
        return any(base in ("Construct", "Stack") for base in bases)

    def constants(self, name: str, attribute: str) -> list[str]:
        """Return the texts that an attribute has in a class, its bases and its subclasses."""
        related = [each for each in self.classes if name in self.lineage(each)]
        found = [self.classes[each].constants.get(attribute) for each in related]
        return [each for each in found if each is not None]

    def _add(self, tree: ast.Module, file: str) -> None:
        self._modules[file] = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self.functions.append(Function(node, "", file))
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = Class(
                    bases=tuple(map(ast.unparse, node.bases)), constants=dict(_constants(node))
                )
                self.functions += [
                    Function(inner, node.name, file)
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef)
                ]

    def _add_attribute(self, function: Function, target: ast.expr, name: str) -> None:
        if isinstance(target, ast.Attribute) and is_self(target.value):
            self.classes[function.owner].attributes[target.attr] = name


def is_self(node: ast.expr) -> bool:
    """Return whether an expression is `self`."""
    return isinstance(node, ast.Name) and node.id == "self"


def called(call: ast.Call) -> str:
    """Return the name of the called function, method or class, without what contains it."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _constants(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for each in node.body:
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.targets[0], ast.Name)
            and isinstance(each.value, ast.Constant)
            and isinstance(each.value.value, str)
        ):
            yield each.targets[0].id, each.value.value
