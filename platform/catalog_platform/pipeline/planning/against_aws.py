"""Ask an environment's account what only it knows about a merge.

Nothing of a stack is changed. Each question is asked on its own: without an answer to one, the
others are still answered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET

from catalog_platform.aws import stack_status
from catalog_platform.aws.account import require_account
from catalog_platform.aws.deployed_version import deployed_version
from catalog_platform.aws.preview.change_set import RejectedError, planned_changes
from catalog_platform.aws.preview.databases import deployed_databases
from catalog_platform.aws.preview.deployed_template import deployed_template
from catalog_platform.aws.preview.drift import detect_drift
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.target import session_of
from catalog_platform.plan.account.change_set_notes import change_set_notes
from catalog_platform.plan.account.database_notes import database_notes
from catalog_platform.plan.account.drift_notes import drift_notes, unchecked
from catalog_platform.plan.account.environment import STACK, with_account
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.account.template_notes import (
    from_deployed,
    template_notes,
    with_deployed,
)
from catalog_platform.plan.model import Account, Answer, Change, EnvironmentPlan, Note, Question
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plural import plural
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


class AgainstAws:
    """The accounts of some environments, for `make_plan`."""

    def __init__(self, workspace: Workspace, names: Sequence[str], progress: Progress) -> None:
        """Check that the credentials belong to the account of each environment.

        Raises `UsageError` without names, `FindingsError` for an invalid manifest, `PlatformError`
        when the account is another one or does not answer.
        """
        if not names:
            raise UsageError(
                "--against aws: no environment is named",
                hint="the credentials belong to one account: catalogctl plan ENV --against aws",
            )
        manifests = Manifests(workspace)
        workspace.select(list(names))
        self._progress = progress
        self._sessions: dict[str, Session] = {}
        for name in names:
            manifest = manifests.load(name)
            session = session_of(workspace, manifest)
            require_account(session, name, manifest.environment.account)
            self._sessions[name] = session

    def __call__(
        self, plan: EnvironmentPlan, base: Stack | None, head: Stack | None
    ) -> EnvironmentPlan:
        """Return the plan of an environment with what its account says."""
        session = self._sessions.get(plan.environment)
        if session is None or head is None:
            return plan
        if base is not None and is_another_stack(base, head):
            base = None
        with self._progress.step(f"ask the account of {plan.environment}") as show:
            return _Questions(session, plan, base, head, show).asked()


@dataclass
class _Questions:
    """The questions about one environment, with the answers so far."""

    session: Session
    plan: EnvironmentPlan
    base: Stack | None
    head: Stack
    show: Callable[[str], None]
    answers: list[Answer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    # The changes, and those that an update of the deployed template makes.
    changes: list[Change] = field(default_factory=list)
    expected: Expected = field(default_factory=lambda: Expected({}, {}))
    deployed: Stack | None = None
    status: StackStatus | None = None
    commit: str = ""

    def asked(self) -> EnvironmentPlan:
        """Ask all questions; return the plan with the answers."""
        name = stack_name(self.plan.environment)
        self.changes = [*self.plan.changes]
        self.expected = self._expected(self.changes)
        if self._ask("stack", self._stack):
            if self.status is not None:
                self._ask("template", self._template)
            self._ask("change_set", self._change_set)
            if self.status is not None:
                self._ask("drift", self._drift)
                self._ask("databases", self._databases)
        else:
            for question in ("template", "change_set", "drift", "databases"):
                self._open(question, "not asked: the state of the stack isn't known")
        account = Account(
            account=self.head.account,
            region=self.head.region,
            stack=name,
            stack_status=UNSET if self.status is None else self.status.status,
            answers=self.answers,
            notes=self.notes,
        )
        types = {
            logical_id: str(resource["Type"])
            for each in (self.base, self.deployed, self.head)
            if each is not None
            for logical_id, resource in each.resources.items()
        }
        return with_account(self.plan, self.changes, account, self.commit, types)

    def _ask(self, question: Question, ask: Callable[[], str]) -> bool:
        """Record the answer to a question, or the error instead; return whether it has answered."""
        self.show(question.replace("_", " "))
        try:
            message = ask()
        except PlatformError as error:
            self._open(question, error.message, error.hint)
            return False
        self.answers.append(Answer(question=question, answered=True, message=message))
        return True

    def _open(self, question: Question, message: str, hint: str = "") -> None:
        self.answers.append(
            Answer(question=question, answered=False, message=message, hint=hint or UNSET)
        )

    def _stack(self) -> str:
        environment = self.plan.environment
        found = stack_status.read(self.session, environment)
        if found is None or found.status == stack_status.REVIEW:
            return "the stack doesn't exist: a merge creates it"
        self.status = found
        version = deployed_version(self.session, environment)
        self.commit = version.commit if version is not None else ""
        deployed = f"commit {self.commit[:10]}" if self.commit else "the commit isn't recorded"
        return f"{found}; deployed: {deployed}{self._protection(found)}"

    def _protection(self, found: StackStatus) -> str:
        if self.base is None or self.base.is_protected is found.protected:
            return ""
        return f"; termination protection is {'on' if found.protected else 'off'}, unlike the base"

    def _template(self) -> str:
        body = deployed_template(self.session, stack_name(self.plan.environment))
        paths = {**self.head.paths, **(self.base.paths if self.base else {})}
        self.deployed = dataclasses.replace(self.head, template=body, paths=paths)
        actual = from_deployed(self.deployed, self.head)
        notes = [] if self.base is None else [*template_notes(self.base, self.deployed)]
        if notes or self.base is None:
            self.notes += notes
            self.changes = with_deployed(self.changes if self.base else [], actual)
        self.expected = self._expected(actual)
        resources = len({each.logical_id for each in notes})
        if self.base is None:
            return "read; there is no base to compare it with"
        return (
            f"{plural(resources, 'resource')} differ from the base" if resources else "as the base"
        )

    def _change_set(self) -> str:
        if self.status is not None and not self.status.deployable:
            raise PlatformError(
                f"CloudFormation accepts no update while the stack is {self.status}",
                hint="wait for the operation, or recover the stack",
            )
        try:
            found = planned_changes(
                self.session,
                stack_name(self.plan.environment),
                self.head.account,
                self.head.template,
                self.head.tags,
                is_new=self.status is None,
            )
        except RejectedError as error:
            self._reject(error.message)
            return "CloudFormation refuses the update"
        notes = [*change_set_notes(found, self.expected, self.deployed or self.base)]
        self.notes += notes
        differ = plural(len({each.logical_id for each in notes}), "resource")
        return f"{plural(len(found), 'change')}" + (f"; {differ} differ" if notes else "; as here")

    def _reject(self, reason: str) -> None:
        self.notes.append(
            Note(
                question="change_set",
                resource=STACK,
                logical_id="",
                verdict=Verdict.REJECTED.value,
                message=f"CloudFormation refuses the update: {reason}",
            )
        )

    def _drift(self) -> str:
        found = detect_drift(self.session, stack_name(self.plan.environment))
        notes = [*drift_notes(found, self.expected)]
        self.notes += notes
        if found.failure:
            raise PlatformError(found.failure)
        differ = len({each.logical_id for each in notes})
        message = f"{plural(differ, 'resource')} changed outside of CloudFormation"
        skipped = unchecked(found, self.expected)
        return message + (f"; not checked: {', '.join(skipped)}" if skipped else "")

    def _databases(self) -> str:
        found = deployed_databases(self.session, stack_name(self.plan.environment))
        notes = [*database_notes(found, self.deployed or self.base, self.head, self.expected)]
        self.notes += notes
        return f"{plural(len(found), 'instance')}; {plural(len(notes), 'difference')}"

    def _expected(self, changes: Sequence[Change]) -> Expected:
        paths: list[Mapping[str, str]] = [self.base.paths] if self.base else []
        return Expected.of(changes, *paths, self.head.paths)
