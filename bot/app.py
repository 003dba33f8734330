"""The composition root: the one place that wires every package together."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from bot import migrations
from bot.db.engine import Database
from bot.errors import ConfigurationError
from bot.line.channels import ChannelDirectory, SecretPromoter
from bot.line.channels.registration import ChannelTaken, save_central
from bot.line.client import BotInfo, LineError
from bot.logging import get_logger
from bot.metrics import Metrics
from bot.outbox.lanes import LaneWorker
from bot.outbox.repository import release_all
from bot.outbox.runner import LaneRunner
from bot.ports import Ports
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.tenancy.local import ensure_local_tenant
from bot.web.access_log import AccessLog, default_access_log
from bot.web.documentation import documentation_routes, openapi_document
from bot.web.health import health_routes
from bot.web.idempotency import Idempotency
from bot.web.middlewares import create_web_app
from bot.web.rate_limit import rate_limiter
from bot.webhooks.delivery.worker import callback_sender
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers
from handlers.line import repository as line_events
from handlers.line.asking import Asker
from handlers.line.binding import OwnerBinding
from handlers.line.broadcasting import BroadcastWorker, note_progress
from handlers.line.channels import Channels
from handlers.line.channels.limiting import CheckLimit
from handlers.line.channels.routes import channel_routes
from handlers.line.chat import Chat
from handlers.line.contents import Contents
from handlers.line.doctor import ChannelDoctor
from handlers.line.handover import Handover
from handlers.line.inbox import Inbox, InboxStore
from handlers.line.inbox.postgresql import PostgresqlInboxStore
from handlers.line.inbox.sqlite import SqliteInboxStore
from handlers.line.late_answers import LateAnswers
from handlers.line.late_tasks import LateAnswerWorker
from handlers.line.management import LineManagement
from handlers.line.media import Media
from handlers.line.metrics import LineMetrics
from handlers.line.outgoing import OutgoingWorker
from handlers.line.owner import follow_ups, owner_desk
from handlers.line.owner.rich_menu import StaffMenuWorker
from handlers.line.owner.tools import Tools
from handlers.line.owner.watching import EVERY as WATCH_EVERY
from handlers.line.owner.watching import Watch
from handlers.line.quota import QuotaWorker, note_used_up
from handlers.line.relay_ends import RelayEnds
from handlers.line.routes import Webhook, line_routes
from handlers.line.service import LineService, line_router
from handlers.line.tasks import LineLaneWorker
from handlers.line.timing import Timing
from knowledge.documentation import chat_guide
from knowledge.engine import Engine
from knowledge.importing.tasks import ImportWorker
from knowledge.intents.systems import VendorSystems
from knowledge.media.reading import ImageReader
from knowledge.routes import Api, knowledge_routes, knowledge_surfaces
from knowledge.routes.surface import vendors_surface
from partner_api import parts as partner_parts
from partner_api.api import Api as PartnerApi
from partner_api.documentation import partner_guide
from partner_api.provisioning.routes import qr_routes
from partner_api.request_log.service import RequestLog
from scheduler.timetable import Timetable
from scheduler.wakeups import WakeUps

# Everything is on the disk before it is acknowledged, so a stop may cut off what takes longer.
STOP_SECONDS = 9.0
RUNNER_GRACE_SECONDS = 5.0
LEARN_SECONDS = 3.0
LEARN_AGAIN_SECONDS = 15.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Roles:
    """What a process does: answer HTTP, work the jobs, or both."""

    web: bool = True
    jobs: bool = True


class Shopkeeper:
    """One process of the product: `start`, serve `web`, `stop`."""

    def __init__(
        self,
        settings: Settings,
        ports: Ports,
        *,
        roles: Roles,
        access_log: AccessLog | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.settings = settings
        self.ports = ports
        self.roles = roles
        self.metrics = Metrics()
        self.database = Database(settings.database_url)
        self.box = SecretBox(settings.secret_key.get_secret_value())
        self.channels = ChannelDirectory(self.database, self.box, ports.clock)
        self.promoter = SecretPromoter(self.database, self.channels, box=self.box, clock=ports.clock)
        self.sender = SafeSender(allow=settings.ssrf_allow)
        self.callback_sender = callback_sender(allow=settings.ssrf_allow)
        systems = VendorSystems(self.sender, self.box, ports.clock, metrics=self.metrics)
        self.engine = Engine(database=self.database, llm=ports.llm, clock=ports.clock, systems=systems)
        self.line_metrics = LineMetrics(self.metrics)
        self.images = ImageReader()
        self.late_answers = LateAnswers(self.database, ports.clock)
        self.relay_ends = RelayEnds(self.channels, ports.line)
        self.timing = timing or Timing()
        redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
        self._on_stored = self._wake if redis_url or roles.jobs else _nobody
        self.partner_api = self._partner_api(redis_url)
        self.runner = self._runner() if roles.jobs else None
        self.wakeups = WakeUps(redis_url=redis_url, runner=self.runner)
        self.inbox = Inbox(self._inbox_store(), on_stored=self._on_stored)
        self.watch = Watch(self.database, self._wake)
        chores = [("watch", WATCH_EVERY, self.watch.look), *partner_parts.chores(self.partner_api)]
        self.timetable = Timetable(self.database, ports.clock, chores=chores)
        self.web = self._web(access_log or default_access_log())
        self._learning: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bring the store up to date and begin to work; the caller then serves `web`."""
        await migrations.upgrade(self.settings.database_url)
        if self.settings.chat_api_auth == "open":
            async with self.database.unit_of_work() as session:
                await ensure_local_tenant(session, self.ports.clock)
        await self._save_central_channel(await self._learn_central())
        self._learning = asyncio.create_task(self._keep_learning())
        await self.wakeups.start()
        if self.roles.jobs:
            await self.engine.warm()
        if self.runner is not None:
            await self._free_lanes()
            self.runner.start()
            self.timetable.start()
        if self.roles.web:
            self.inbox.start()
            self.partner_api.request_log.start()
        # What is loaded now stays: the garbage collector need not look at it again and again.
        gc.collect()
        gc.freeze()

    async def _free_lanes(self) -> None:
        """On SQLite one process works the jobs, so whoever holds a lane at its start died with it.

        Waiting for those leases would cost customers seconds of their reply tokens' life.
        """
        if self.database.is_sqlite:
            async with self.database.unit_of_work() as session:
                await release_all(session, now=self.ports.clock.now())

    async def stop(self) -> None:
        """Finish what is being worked on, give the rest back, and close everything, within 10 s."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._stop_in_order()
        except TimeoutError:
            log.warning("stop_cut_short")

    async def _stop_in_order(self) -> None:
        if self._learning is not None:
            self._learning.cancel()
            await asyncio.gather(self._learning, return_exceptions=True)
        await self.wakeups.stop_listening()
        if self.roles.web:
            await self.inbox.stop()
            await self.partner_api.request_log.stop()
        await self.promoter.settle()
        if self.runner is not None:
            self.timetable.stop()
            await self.runner.stop(grace=RUNNER_GRACE_SECONDS)
        await self.late_answers.close()
        await self.relay_ends.close()
        await self.wakeups.close()
        await self.engine.close()
        await self.images.close()
        await self.partner_api.limiter.close()
        await self.sender.close()
        await self.callback_sender.close()
        await self.ports.close()
        await self.database.close()

    def _runner(self) -> LaneRunner:
        secret_key = self.settings.secret_key.get_secret_value()
        clock, line, metrics = self.ports.clock, self.ports.line, self.line_metrics
        binding = OwnerBinding(secret_key, line, claim_window=self.settings.bare_claim_window)
        asker = Asker(self.engine, clock, daily_tokens=self.settings.llm_daily_tokens_per_bot)
        chat = Chat(self.database, asker, line, late_answers=self.late_answers, clock=clock, timing=self.timing)
        tools = Tools(
            database=self.database,
            asker=asker,
            library=self.engine.library,
            line=line,
            clock=clock,
            claim_code_key=binding.code_key,
        )
        router = line_router(
            chat,
            binding,
            self.late_answers,
            desk=owner_desk(tools),
            handover=Handover(self.database, line),
            media=self._media(chat),
            line=line,
        )
        service = LineService(self.database, router)
        workers: list[LaneWorker[Any, Any]] = [
            LineLaneWorker(service, self.channels, line, clock=clock, metrics=metrics, wake=self._wake),
            OutgoingWorker(
                self.channels,
                line,
                clock=clock,
                metrics=metrics,
                on_end=[note_used_up, note_progress, follow_ups.note_end, self.relay_ends.note],
            ),
            QuotaWorker(self.channels, line, clock),
            BroadcastWorker(self.channels, line, clock),
            LateAnswerWorker(asker, clock),
            StaffMenuWorker(self.channels, line),
            ImportWorker(self.sender),
            *partner_parts.workers(self.partner_api, callbacks=self.callback_sender),
        ]
        return LaneRunner(self.database, clock, workers=workers)

    def _partner_api(self, redis_url: str | None) -> PartnerApi:
        clock, secret_key = self.ports.clock, self.settings.secret_key.get_secret_value()
        hash_key = derive_key(secret_key, Purpose.IDEMPOTENCY)
        return PartnerApi(
            database=self.database,
            settings=self.settings,
            clock=clock,
            box=self.box,
            sender=self.sender,
            signers=Signers(self.settings),
            idempotency=Idempotency(self.database, self.box, clock=clock, hash_key=hash_key),
            limiter=rate_limiter(redis_url, clock),
            request_log=RequestLog(self.database, clock),
            engine=self.engine,
            llm=self.ports.llm,
            speech=self.ports.speech,
            line=LineManagement(),
            wake=self._on_stored,
        )

    def _media(self, chat: Chat) -> Media:
        clock, timing = self.ports.clock, self.timing
        contents = Contents(self.ports.line, self.sender, clock=clock, timing=timing)
        speech = self.ports.speech
        return Media(self.database, chat, contents, images=self.images, speech=speech, clock=clock, timing=timing)

    def _inbox_store(self) -> InboxStore:
        return SqliteInboxStore(self.database) if self.database.is_sqlite else PostgresqlInboxStore(self.database)

    def _wake(self, lanes: Sequence[str]) -> None:
        self.wakeups.wake(lanes)

    def _web(self, access_log: AccessLog) -> web.Application:
        clock = self.ports.clock
        checks: dict[str, Callable[[], Awaitable[object]]] = {"database": self.database.ping}
        if self.settings.redis_url is not None:
            checks["redis"] = self.wakeups.ping
        webhook = Webhook(
            channels=self.channels, promoter=self.promoter, inbox=self.inbox, clock=clock, metrics=self.line_metrics
        )
        api = Api(self.database, self.engine, clock, self.settings, self.box, sender=self.sender, wake=self._on_stored)
        partners = partner_parts.routes(self.partner_api)
        channels = channel_routes(vendors_surface(api), self._owned_channels(), limit=CheckLimit(clock))
        chat_engine = [*knowledge_routes(api), *channels]
        guides = [chat_guide(is_open=self.settings.chat_api_auth == "open"), partner_guide()]
        routes = [
            *line_routes(webhook),
            *qr_routes(self.database, clock=clock),
            *partners,
            *documentation_routes(openapi_document([*chat_engine, *partners], guides)),
            *chat_engine,
            *health_routes(self.metrics, checks, refresh=self._observe),
        ]
        return create_web_app(
            routes,
            self.metrics,
            surfaces=[*partner_parts.surfaces(self.partner_api), *knowledge_surfaces(api)],
            access_log=access_log,
            trusted_proxies=self.settings.trusted_proxies,
        )

    def _owned_channels(self) -> Channels:
        async def metrics() -> str:
            return self.metrics.render().decode()

        clock, line = self.ports.clock, self.ports.line
        doctor = ChannelDoctor(self.database, line, clock=clock, metrics=metrics)
        base_url = self.settings.base_url
        return Channels(self.database, self.channels, line, box=self.box, clock=clock, doctor=doctor, base_url=base_url)

    async def _observe(self) -> None:
        """Bring the gauges up to date that tell of rows."""
        async with self.database.reading() as session:
            counts, oldest = await line_events.count_open_events(session)
        self.line_metrics.open_events(counts, oldest, now=self.ports.clock.now())

    async def _learn_central(self) -> BotInfo | None:
        """Ask LINE who the central channel is; None where it can't be told now."""
        token = self.settings.line_channel_access_token.get_secret_value()
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                return await self.ports.line.bot_info(token)
        except (LineError, TimeoutError) as error:
            log.warning("central_channel_unknown", error=str(error) or "no answer from LINE in time")
            return None

    async def _save_central_channel(self, info: BotInfo | None) -> None:
        # Another process may make the row between our read and our write; then there is one to update.
        with suppress(ChannelTaken, IntegrityError):
            return await self._write_central_channel(info)
        try:
            await self._write_central_channel(info)
        except ChannelTaken:
            raise ConfigurationError(
                "The account of LINE_CHANNEL_ACCESS_TOKEN is connected already as a vendor's own channel. The central "
                "channel needs an account of its own: set LINE_CHANNEL_SECRET and LINE_CHANNEL_ACCESS_TOKEN to it."
            ) from None

    async def _write_central_channel(self, info: BotInfo | None) -> None:
        secret = self.settings.line_channel_secret.get_secret_value()
        token = self.settings.line_channel_access_token.get_secret_value()
        async with self.database.unit_of_work() as session:
            await save_central(session, self.box, secret=secret, token=token, info=info, now=self.ports.clock.now())
        self.channels.forget()

    async def _keep_learning(self) -> None:
        """Until LINE has told who the central channel is, ask again."""
        while True:
            channel = await self.channels.find(None)
            if channel is not None and channel.bot_user_id is not None:
                return
            await asyncio.sleep(LEARN_AGAIN_SECONDS)
            if info := await self._learn_central():
                with suppress(ConfigurationError):
                    await self._save_central_channel(info)


def _nobody(_lanes: Sequence[str]) -> None:
    """Another process' sweep finds the rows: this one neither works them nor knows who does."""


def create_app(
    settings: Settings,
    ports: Ports,
    *,
    roles: Roles | None = None,
    access_log: AccessLog | None = None,
    timing: Timing | None = None,
) -> Shopkeeper:
    """Wire the product. Tests call the same function with the ports' twins."""
    return Shopkeeper(settings, ports, roles=roles or Roles(), access_log=access_log, timing=timing)
