"""Find the line of the code that makes a construct."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.findings import Location
from catalog_platform.policy.anchors.ids import Id, ids_of
from catalog_platform.policy.anchors.source_code import Function, SourceCode, called

FOLDER = Path(__file__).parents[2] / "infra"
SHOWN = "platform/catalog_platform/infra"
ROOT = "CatalogStack"
# A method of the CDK that makes a construct inside of its object.
ADDS = "add_"
# No resource.
OUTPUT = "CfnOutput"


@dataclass(frozen=True, slots=True)
class _Made:
    """Constructs of one call: their ids, and their class if it is one of this code."""

    id: Id
    made: str

    def matches(self, name: str) -> bool:
        """Return whether a construct's id is one of these."""
        return re.fullmatch(self.id.pattern, name) is not None


class ConstructIndex:
    """The lines that make constructs, from the code below a folder.

    A construct belongs to the class that makes it, if the scope shows it; otherwise, as with
    functions that get the scope as an argument, its id can be anywhere below the stack.
    """

    def __init__(self, folder: Path = FOLDER, shown: str = SHOWN, root: str = ROOT) -> None:
        self._code = SourceCode(folder, shown)
        self._root = root
        self._of_class: dict[str, list[_Made]] = {}
        for call, function in self._code.calls():
            for owner, made in self._made(call, function):
                self._of_class.setdefault(owner, []).append(made)

    def source(self, path: str) -> Location | None:
        """Return the line with the id of a construct path such as `Archive/Bucket/Resource`.

        Constructs that the CDK makes have the line of the nearest one above them that this code
        makes. Returns None if there is no such line.
        """
        found = None
        owner = self._root
        for name in path.split("/"):
            made = self._child(owner, name)
            owner = made.made if made else ""
            found = made.id if made else found
        return Location(found.file, found.node.lineno, found.node.col_offset + 1) if found else None

    def _child(self, owner: str, name: str) -> _Made | None:
        lineage = [*self._code.lineage(owner)]
        own = [each for base in lineage for each in self._of_class.get(base, ())]
        for candidates in (own, self._of_class.get("", [])):
            matching = [each for each in candidates if each.matches(name)]
            if matching:
                return max(matching, key=lambda each: each.id.literal)
        return None

    def _made(self, call: ast.Call, function: Function) -> Iterator[tuple[str, _Made]]:
        name = called(call)
        if name[:1].isupper() and len(call.args) > 1:
            is_ours = name in self._code.classes
            if name == OUTPUT or (is_ours and not self._code.is_construct(name)):
                return
            owner = self._owner(call.args[0], function)
            made = name if is_ours else ""
            for each in ids_of(call.args[1], function, self._code):
                # Without a known scope, other calls with two arguments look the same.
                if owner or each.literal:
                    yield owner, _Made(each, made)
        elif name.startswith(ADDS) and isinstance(call.func, ast.Attribute):
            yield from self._added(call, name.removeprefix(ADDS), function)

    def _added(self, call: ast.Call, name: str, function: Function) -> Iterator[tuple[str, _Made]]:
        own = any(each.node.name == ADDS + name for each in self._code.functions)
        if own:
            return
        text = call.args[0] if call.args else None
        if isinstance(text, ast.Constant | ast.JoinedStr | ast.BinOp):
            for each in ids_of(text, function, self._code):
                yield "", _Made(each, "")
        else:
            # Such as `add_function_url()`, whose construct is called `FunctionUrl`.
            title = "".join(word.title() for word in name.split("_"))
            yield "", _Made(Id(re.escape(title), call, function.file), "")

    def _owner(self, scope: ast.expr, function: Function) -> str:
        """Return the class whose instance the scope is, or an empty string."""
        text = ast.unparse(scope)
        if text == "self":
            return function.owner
        if text in function.parameters:
            name = function.parameters[text]
        else:
            attributes = self._code.classes[function.owner].attributes if function.owner else {}
            name = attributes.get(text.removeprefix("self."), "")
        return name if name in self._code.classes else ""


@functools.cache
def construct_index() -> ConstructIndex:
    """Return the index of the code of the stack."""
    return ConstructIndex()
