"""Find updates that AWS refuses by rule, from the deployed template and the new one."""

from catalog_platform.aws.refused_updates.model import Refusal
from catalog_platform.aws.refused_updates.rules import RULES
from catalog_platform.aws.refused_updates.update import StackUpdate, Template

__all__ = ["Refusal", "refused_updates"]


def refused_updates(base: Template, head: Template) -> tuple[Refusal, ...]:
    """Return the refused updates from template `base` to `head`, in the order of the resources.

    Only the templates are compared: a quota, or a resource that was changed by hand, is not seen.
    """
    stack = StackUpdate.between(base, head)
    return tuple(
        Refusal.of(rule, update)
        for update in stack.updates
        for rule in RULES
        if rule.applies_to(update) and rule.refuses(update)
    )
