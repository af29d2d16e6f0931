"""Replace the emulator's operations on stacks by those of this package."""

from __future__ import annotations

from ministack.services.cloudformation import changesets, handlers, provisioners, stacks

from embedded_aws.emulator.cloudformation import (
    deletion,
    deployment,
    imports,
    replacement,
    requests,
    rollback,
    template_parameters,
)


def install() -> None:
    """Install everything; call it after the handlers of resource types are registered."""
    for module in (changesets, handlers, stacks):
        module._deploy_stack_async = deployment.deploy
    for module in (handlers, stacks):
        module._delete_stack_async = deletion.delete
        module._continue_update_rollback_async = rollback.continue_rollback
        module._roll_back_operation = rollback.roll_back_stack
    requests.install()
    template_parameters.install()
    imports.install()
    _classify_properties()


def _classify_properties() -> None:
    """Let change sets show which properties replace a resource."""
    always = provisioners._REPLACING_PROPERTIES
    sometimes = provisioners._CONDITIONALLY_REPLACING_PROPERTIES
    for kind, schema in replacement.schemas().items():
        whole = {path for path in schema.create_only if "/" not in path}
        partly = {path.partition("/")[0] for path in schema.create_only} - whole
        always[kind] = tuple(sorted({*always.get(kind, ()), *whole}))
        sometimes[kind] = tuple(
            sorted({*sometimes.get(kind, ()), *schema.conditional, *partly} - whole)
        )
