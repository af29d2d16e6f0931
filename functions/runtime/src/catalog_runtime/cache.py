"""Client of the Redis-compatible cache, a single server or a cluster, with bounded waits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.exceptions import AskError, MovedError, TryAgainError

from catalog_runtime.cache_errors import CacheError
from catalog_runtime.cache_servers import Servers
from catalog_runtime.cache_settings import CacheSettings
from catalog_runtime.cache_slots import Address, Command, Slots, redirected
from catalog_runtime.cache_tokens import Tokens
from catalog_runtime.deadline import Deadline
from catalog_runtime.secrets import SecretError, Secrets

__all__ = ["Cache", "CacheError", "CacheSettings"]

# Ends a loop of servers that redirect a command to each other.
MOST_ROUNDS = 30
# While a slot migrates, neither server may have its keys for a moment.
TRY_AGAIN_SECONDS = 0.05
# Shortest time between two requests for the slots while a server is avoided.
RELEARN_SECONDS = 1.0


@dataclass(slots=True)
class _Call:
    """A command in progress: its last answer, the server that sent it, and a redirection."""

    command: Command
    answer: Any = None
    source: Address | None = None
    asking: Address | None = None
    done: bool = False

    @property
    def error(self) -> CacheError | None:
        """Return the error if another round may help."""
        error = self.answer if isinstance(self.answer, CacheError) else None
        return error if error and (error.away or error.read_only) else None


@dataclass(slots=True)
class _Run:
    """The state of one run: its deadline, calls, tried tokens and new connections."""

    deadline: Deadline
    calls: list[_Call]
    tried: set[tuple[Address, str]] = field(default_factory=set)
    reconnected: set[Address] = field(default_factory=set)


class Cache:
    """Runs commands on connections that outlive the invocation.

    A `run` takes at most `run_seconds`, and the bounded time to fetch the secret when that is
    needed. With `avoid_seconds`, a server of a cluster that failed is not used for that long.
    """

    def __init__(
        self,
        settings: CacheSettings,
        secrets: Secrets,
        *,
        connect_seconds: float,
        reply_seconds: float,
        avoid_seconds: float = 0.0,
    ) -> None:
        self.cluster_mode = settings.cluster_mode
        self.run_seconds = 2 * (connect_seconds + reply_seconds)
        self._endpoint = Address(settings.host, settings.port)
        self._tokens = Tokens(secrets, settings.secret_arn)
        self._avoid_seconds = avoid_seconds
        self._servers = Servers(
            tls=settings.tls,
            connect_seconds=connect_seconds,
            reply_seconds=reply_seconds,
            token=self._tokens.of,
        )
        self._slots = Slots()
        self._outdated, self._learnt_at = True, 0.0
        self._avoided: dict[Address, tuple[float, CacheError]] = {}

    def deadline(self) -> Deadline:
        """Return a deadline for several runs that together take at most `run_seconds`."""
        return Deadline(self.run_seconds)

    def run(self, commands: Sequence[Command], deadline: Deadline | None = None) -> list[Any]:
        """Return the answer to each command, a `CacheError` for one that failed.

        Commands must be idempotent, and the keys of each in one slot. Raises `CacheError` when the
        whole cache is unavailable: in a cluster, every primary.
        """
        if not commands:
            return []
        try:
            self._tokens.fetch_first()
        except SecretError as error:
            raise CacheError.of(error) from error
        run = _Run(deadline or self.deadline(), [_Call(command) for command in commands])
        if self.cluster_mode and self._outdated:
            self._discover(run)
        for _ in range(MOST_ROUNDS):
            self._round(run)
            if not run.deadline.remaining or not self._again(run):
                break
        answers = [call.answer for call in run.calls]
        if all(isinstance(answer, CacheError) and answer.away for answer in answers):
            asked = {call.source for call in run.calls}
            others = self._slots.primaries() - asked
            if all(self._avoiding(address) for address in others):
                raise answers[0]
        return answers

    def run_on_primaries(self, command: Command) -> None:
        """Run a command without keys once on every primary. Raises `CacheError` if one fails."""
        try:
            self._tokens.fetch_first()
        except SecretError as error:
            raise CacheError.of(error) from error
        run = _Run(self.deadline(), [])
        if self.cluster_mode:
            self._discover(run)
        primaries = self._slots.primaries() if self.cluster_mode else {self._endpoint}
        if not primaries:
            raise CacheError("cache: no server answers")
        found = self._servers.exchange({each: [command] for each in primaries}, run.deadline)
        for answer in (answer for answers in found.values() for answer in answers):
            if isinstance(answer, CacheError):
                raise answer

    def close(self) -> None:
        """Close the connections; the next `run` opens new ones."""
        self._servers.close()

    def _round(self, run: _Run) -> None:
        """Send the calls that are not done; afterwards every call has an answer."""
        if self.cluster_mode and not self._slots.servers:
            self._discover(run)
        batches: dict[Address, list[_Call]] = {}
        for call in run.calls:
            if call.done:
                continue
            address = call.asking or self._address(call.command)
            avoided = address and self._avoiding(address)
            if address is None:
                call.answer = call.answer or CacheError("cache: the slot of a key has no server")
            elif avoided:
                call.answer, call.source = avoided, address
            else:
                call.source = address
                batches.setdefault(address, []).append(call)
        commands = {address: _with_asking(batch) for address, batch in batches.items()}
        for address, answers in self._servers.exchange(commands, run.deadline).items():
            asked = iter(answers)
            for call in batches[address]:
                if call.asking is not None:
                    next(asked)
                call.answer = next(asked)
            self._note_health(address, batches[address])

    def _again(self, run: _Run) -> bool:
        """Prepare another round for calls that may succeed now; return whether there are any."""
        failed = [call for call in run.calls if call.error]
        for call in run.calls:
            call.done = call.error is None
        if not failed:
            return False
        if any(call.error.caused_by(TryAgainError) for call in failed if call.error):
            time.sleep(min(TRY_AGAIN_SECONDS, run.deadline.remaining))
        helped = self._with_other_tokens(failed, run) | self._reconnected(failed, run)
        before = [self._address(call.command) for call in failed]
        if self.cluster_mode and self._outdated:
            self._discover(run)
        for call, address in zip(failed, before, strict=True):
            elsewhere = self._redirect(call) or self._address(call.command) != address
            call.done = not (elsewhere or call.source in helped)
        return any(not call.done for call in failed)

    def _with_other_tokens(self, failed: Iterable[_Call], run: _Run) -> set[Address]:
        """Return the servers that refused a token and may accept another one."""
        refusing = {
            call.source
            for call in failed
            if call.error and call.error.login_refused and call.source
        }
        helped = set()
        for address in refusing:
            with run.deadline.paused():
                renewed = self._tokens.refused(address, run.tried)
            self._servers.drop(address)
            if renewed:
                self._avoided.pop(address, None)
                helped.add(address)
        return helped

    def _reconnected(self, failed: Iterable[_Call], run: _Run) -> set[Address]:
        """Reconnect to read-only servers, once per run, and return them.

        A read-only server is a demoted primary; its host name may resolve to the new primary.
        """
        read_only = {call.source for call in failed if call.error and call.error.read_only}
        found = {address for address in read_only if address} - run.reconnected
        for address in found:
            self._servers.drop(address)
        run.reconnected |= found
        self._outdated |= bool(found)
        return found

    def _redirect(self, call: _Call) -> bool:
        """Follow a redirection of a call; return whether another round may help."""
        source = call.source or self._endpoint
        call.asking = None
        match call.error and call.error.__cause__:
            case MovedError() as error:
                self._slots.move(error, source)
                # Other slots have probably moved as well: learn them before the next run.
                self._outdated = True
                return True
            case AskError() as error:
                call.asking = redirected(error.host, error.port, source)
                return True
            case TryAgainError():
                return True
        return False

    def _discover(self, run: _Run) -> None:
        """Learn the slots from the first server whose view has no failed primary.

        Otherwise from any server; if none answers, the error becomes the answer of every call.
        """
        known = [*dict.fromkeys((*self._slots.servers, self._endpoint))]
        away = {call.source for call in run.calls if call.error}
        found: Slots | None = None
        for address, answer in self._servers.ask_all(known, ("CLUSTER SLOTS",), run.deadline):
            if isinstance(answer, CacheError):
                self._fail(run.calls, address, answer)
                continue
            try:
                found = Slots.learn(answer, address)
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                self._fail(run.calls, address, CacheError(f"cache: no slots: {error!r}"))
                continue
            if not found.primaries() & away:
                break
        if found is not None:
            self._slots, self._outdated, self._learnt_at = found, False, time.monotonic()

    @staticmethod
    def _fail(calls: Iterable[_Call], source: Address, error: CacheError) -> None:
        for call in calls:
            if call.answer is None:
                call.answer, call.source = error, source

    def _address(self, command: Command) -> Address | None:
        return self._slots.primary(command) if self.cluster_mode else self._endpoint

    def _avoiding(self, address: Address) -> CacheError | None:
        until, error = self._avoided.get(address, (0.0, None))
        now = time.monotonic()
        if now >= until:
            return None
        # Meanwhile a replica may take over.
        self._outdated |= now - self._learnt_at >= RELEARN_SECONDS
        return error

    def _note_health(self, address: Address, calls: Iterable[_Call]) -> None:
        """Avoid a failed server for some time, and learn the slots again."""
        errors = [call.error for call in calls]
        first = errors[0]
        if first is None or not all(errors) or first.elsewhere or first.read_only:
            self._avoided.pop(address, None)
            return
        self._outdated = True
        if self.cluster_mode and self._avoid_seconds:
            self._avoided[address] = (time.monotonic() + self._avoid_seconds, first)


def _with_asking(calls: Iterable[_Call]) -> list[Command]:
    commands: list[Command] = []
    for call in calls:
        if call.asking is not None:
            commands.append(("ASKING",))
        commands.append(call.command)
    return commands
