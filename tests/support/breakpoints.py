"""Places at which a process of the product stops itself, dead or frozen, exactly once and when told to.

The product knows nothing of them: they are put around its own functions in a process that a test starts
(`tests.support.nursery`).
"""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Literal

from bot.db import engine as databases
from bot.line.delivery import repository as ledger
from bot.line.sdk_client import SdkLineClient
from bot.outbox import lanes, runner
from bot.web.idempotency import Idempotency
from bot.webhooks.delivery import verdict
from bot.webhooks.delivery import worker as callbacks
from bot.webhooks.delivery.worker import CallbackWorker
from handlers.line import late_answers
from handlers.line.inbox.postgresql import PostgresqlInboxStore
from handlers.line.inbox.sqlite import SqliteInboxStore
from handlers.line.late_answers import LateAnswers
from handlers.line.outgoing import OutgoingWorker
from handlers.line.tasks import LineLaneWorker
from handlers.line.timing import Timing
from knowledge.engine import Engine
from partner_api.calls import service as calls
from scheduler.wakeups import WakeUps

CONTROL = "STOP_AT"
OWNER = "LANE_OWNER"
BRISK = "BRISK"
How = Literal["kill", "freeze"]
SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}
# How long a call is under way before the process stops in it; LINE is told to take longer.
IN_CALL_SECONDS = 0.1
# A question with this word takes the engine longer than its customer waits.
SLOW_WORD, SLOW_SECONDS = "慢慢想", 0.6
PATIENCE = timedelta(seconds=0.3)


@dataclass(frozen=True)
class Breakpoints:
    """`control` is a file that names the next stop; it is gone once the process got there."""

    control: Path

    def arm(self, point: str, how: How) -> None:
        """Stop there, the next time that the process comes by."""
        self.control.write_text(f"{point} {how}")

    @property
    def waiting(self) -> bool:
        """Whether the process is still to stop."""
        return self.control.exists()

    def reach(self, point: str) -> None:
        """Called in the process: stop it if this is the point."""
        asked, how = self._asked()
        if asked == point:
            self.control.unlink()
            os.kill(os.getpid(), SIGNALS[how])

    def is_next(self, point: str) -> bool:
        """Whether that is where the process is to stop."""
        return self._asked()[0] == point

    def _asked(self) -> tuple[str, str]:
        if not self.control.exists():
            return "", ""
        point, how = self.control.read_text().split()
        return point, how


def install(control: Path) -> None:
    """Put a stop around everything that `message-lifecycle` lists as a crash point, and around taking a call."""
    stops = Breakpoints(control)
    reach = stops.reach
    for store in (SqliteInboxStore, PostgresqlInboxStore):
        _around(store, "write", before=lambda: reach("before_commit"), after=lambda _: reach("committed"))
    _around(LineLaneWorker, "perform", before=lambda: reach("claimed"))
    _around(ledger, "plan", after=lambda _: reach("planned"))
    for call, begun, during, ended in (
        ("reply", "sending", "replying", "replied"),
        ("push", "queued", "pushing", "pushed"),
    ):
        _around(SdkLineClient, call, before=_reaching(reach, begun), after=_reaching(reach, ended))
        _during(SdkLineClient, call, _reaching(reach, during))
    _around(OutgoingWorker, "perform", before=lambda: reach("push_claimed"))
    _around(LineLaneWorker, "due", after=lambda found: reach("sweeping") if found else None)
    _unless(WakeUps, "wake", lambda: stops.is_next("sweeping"))
    _around(runner.LaneRunner, "stop", before=lambda: reach("stopping"))
    _around(late_answers, "store", before=lambda: reach("late"))
    _around(LateAnswers, "begin", after=lambda _: reach("late_begun"))
    _around(CallbackWorker, "perform", before=_reaching(reach, "callback_begun"))
    _around(callbacks, "post", after=_reaching(reach, "callback_answered"))
    _during(callbacks, "post", _reaching(reach, "callback_sending"))
    _around(calls, "accept", after=lambda _: reach("call_inserted"))
    _around(Idempotency, "run", after=lambda _: reach("call_kept"))


def own_lanes_as(owner: str) -> None:
    """Claim lanes under a name that the test knows."""
    begin = runner.LaneRunner.__init__

    @wraps(begin)
    def begin_as(self: runner.LaneRunner, *arguments: Any, **more: Any) -> None:
        begin(self, *arguments, **more)
        self._owner = uuid.UUID(owner)

    runner.LaneRunner.__init__ = begin_as  # type: ignore[method-assign]  # the product has no use for it


def hurry() -> None:
    """The same product with shorter leases, and without waiting long for an answer."""
    for module in (lanes, runner):
        vars(module)["LEASE"] = timedelta(seconds=1.5)
    runner.RENEW_SECONDS, runner.SWEEP_SECONDS = 0.5, 0.3
    databases.POSTGRESQL_SESSION["idle_in_transaction_session_timeout"] = "1s"
    late_answers.GIVEN_UP_AFTER = timedelta(seconds=2)
    verdict.WAITS = (timedelta(seconds=0.3), timedelta(seconds=0.6))
    keyword_defaults(Timing).update(patience=PATIENCE, last_chance=PATIENCE)
    answer = Engine.answer

    async def answer_slowly(self: Engine, principal: Any, question: Any) -> Any:
        if SLOW_WORD in question.text:
            await asyncio.sleep(SLOW_SECONDS)
        return await answer(self, principal, question)

    Engine.answer = answer_slowly  # type: ignore[method-assign]  # a question that takes its time


def keyword_defaults(made: type) -> dict[str, Any]:
    """What a class takes for its keyword arguments where they aren't given; a change counts from then on."""
    defaults: dict[str, Any] = vars(made)["__init__"].__kwdefaults__
    return defaults


def _reaching(reach: Callable[[str], None], point: str) -> Callable[..., None]:
    return lambda *_: reach(point)


def _around(
    owner: Any,
    name: str,
    *,
    before: Callable[[], None] = lambda: None,
    after: Callable[[Any], None] = lambda _: None,
) -> None:
    inner: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(inner)
    async def outer(*arguments: Any, **more: Any) -> Any:
        before()
        result = await inner(*arguments, **more)
        after(result)
        return result

    setattr(owner, name, outer)


def _unless(owner: Any, name: str, lost: Callable[[], bool]) -> None:
    """Lose a call, so that a sweep has something to find."""
    inner: Callable[..., None] = getattr(owner, name)
    setattr(owner, name, lambda *arguments: None if lost() else inner(*arguments))


def _during(owner: Any, name: str, stop: Callable[[], None]) -> None:
    inner: Callable[..., Awaitable[Any]] = getattr(owner, name)

    @wraps(inner)
    async def outer(*arguments: Any, **more: Any) -> Any:
        running = asyncio.ensure_future(inner(*arguments, **more))
        await asyncio.wait({running}, timeout=IN_CALL_SECONDS)
        if not running.done():
            stop()
        return await running

    setattr(owner, name, outer)
