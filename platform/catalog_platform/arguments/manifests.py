"""Arguments of the verbs for manifests: validate, render, explain, compare, new, docs, schema."""

from __future__ import annotations

import argparse

from catalog_platform.arguments.options import (
    Verbs,
    add_environment,
    add_environments,
    add_format,
    add_sarif,
    add_verb,
)
from catalog_platform.workspace import Workspace


def add_to(verbs: Verbs[argparse.ArgumentParser]) -> None:
    """Add the verbs to the parser."""
    validate = add_verb(
        verbs, "validate", "validate manifests and print every finding with its location", _validate
    )
    add_environments(validate)
    add_format(validate, "text", "json", "sarif", "github")
    add_sarif(validate)
    render = add_verb(verbs, "render", "print the resolved manifest of an environment", _render)
    add_environment(render)
    add_format(render, "yaml", "json")
    render.add_argument(
        "--origins", action="store_true", help="print the file and line that set each value"
    )
    explain = add_verb(
        verbs,
        "explain",
        "show where the value of a key comes from and what the key means",
        _explain,
    )
    add_environment(explain)
    explain.add_argument(
        "key", metavar="KEY", help="key or section of the manifest, for example database.multi_az"
    )
    _add_compare(verbs)
    _add_new(verbs)
    add_verb(
        verbs,
        "docs",
        "write the generated pages in docs/, the table in policies/README.md and policies/iam/",
        _docs,
    )
    schema = add_verb(
        verbs,
        "schema",
        "print the JSON Schema of manifests for editors, of a plan, or of a scan",
        _schema,
    )
    schema.add_argument(
        "--of",
        choices=("manifest", "plan", "scan"),
        default="manifest",
        help="what the schema describes (default: manifest)",
    )


def _add_compare(verbs: Verbs[argparse.ArgumentParser]) -> None:
    compare = add_verb(
        verbs, "compare", "show the differences between two environments, by section", _compare
    )
    compare.add_argument("left", metavar="ENV", help="name of an environment in environments/")
    compare.add_argument(
        "right", metavar="OTHER", help="name of the environment to compare it with"
    )
    add_format(compare, "text", "json")
    compare.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 if a difference is not declared in `divergences`",
    )


def _add_new(verbs: Verbs[argparse.ArgumentParser]) -> None:
    new = add_verb(verbs, "new", "create the manifest of a new environment", _new)
    new.add_argument("name", metavar="ENV", help="name of the new environment")
    new.add_argument(
        "--from",
        dest="source",
        metavar="ENV",
        required=True,
        help="name of the environment to copy",
    )
    new.add_argument(
        "--account", metavar="DIGITS", help="AWS account ID (default: the account of --from)"
    )


def _validate(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import validate

    return validate.run(workspace, names=options.names, format=options.format, sarif=options.sarif)


def _render(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import render

    return render.run(workspace, name=options.name, format=options.format, origins=options.origins)


def _explain(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import explain

    return explain.run(workspace, name=options.name, key=options.key)


def _compare(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import compare

    return compare.run(
        workspace,
        left=options.left,
        right=options.right,
        format=options.format,
        strict=options.strict,
    )


def _new(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import new

    return new.run(workspace, name=options.name, source=options.source, account=options.account)


def _docs(workspace: Workspace, _options: argparse.Namespace) -> int:
    from catalog_platform.commands import docs

    return docs.run(workspace)


def _schema(workspace: Workspace, options: argparse.Namespace) -> int:
    from catalog_platform.commands import schema

    return schema.run(workspace, of=options.of)
