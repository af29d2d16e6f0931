"""Jinja's code generator, extended so that each operation calls the sandbox.

Jinja maps each line of generated code to a line of the template. A leaf has one line only, so the
generator writes each operation on its own line and maps it to the operation's offset instead: a
traceback then shows which operation failed.
https://jinja.palletsprojects.com/en/stable/api/#jinja2.Environment.code_generator_class
"""

# ruff: noqa: D102, N802 - the methods are Jinja's, named after its nodes

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from catalog_platform.manifest.grammar import called, error_offset, start


class SandboxCodeGenerator(CodeGenerator):
    """Generate code in which each operation calls the sandbox, on a line of its own."""

    def visit(self, node: nodes.Node, *arguments: Any, **named: Any) -> Any:
        if not isinstance(node, nodes.Expr) or isinstance(node, nodes.Literal):
            return super().visit(node, *arguments, **named)
        if isinstance(node, nodes.Name) and node.ctx == "store":
            return super().visit(node, *arguments, **named)
        self.write("(")
        self.newline(nodes.Const(None, lineno=error_offset(node)))
        super().visit(node, *arguments, **named)
        self.write(")")
        return None

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        if node.ctx == "load":
            self.write(f"environment.section(context, {node.name!r})")
        else:
            super().visit_Name(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        self.write(f"environment.call_named(context, {called(node)!r}")
        self.signature(node, frame)
        self.write(")")

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        self.visit_List(nodes.List(node.items), frame)

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        self.write("(")
        self.visit(node.expr1, frame)
        self.write(" if ")
        self.visit(node.test, frame)
        self.write(" else ")
        if node.expr2 is None:
            self.newline(nodes.Const(None, lineno=start(node)))
            self.write("environment.missing_else()")
        else:
            self.visit(node.expr2, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.join(context")
        for part in node.nodes:
            self.write(", ")
            self.visit(part, frame)
        self.write(")")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        left: str | None = None
        self.write("(")
        for operand in node.ops:
            right = self.temporary_identifier()
            self.write(f"environment.compare(context, {operand.op!r}, {left or ''}")
            if left is None:
                self.visit(node.expr, frame)
            self.write(f", ({right} := ")
            self.visit(operand.expr, frame)
            self.write("))" if operand is node.ops[-1] else ")) and ")
            left = right
        self.write(")")
