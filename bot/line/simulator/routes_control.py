"""The control API under `/_simulator/`: everything that people do, for the page and other processes."""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.errors import PlatformError
from bot.line.simulator.errors import InvalidStep, UnknownThing
from bot.line.simulator.faults import ANY, Fault
from bot.line.simulator.model import JsonObject
from bot.line.simulator.schemas import (
    STEP,
    ChannelChange,
    NewChannel,
    NewFault,
    NewGroup,
    NewUser,
    Release,
)
from bot.line.simulator.views import channel_view, entry_view, log_view, state_view
from bot.line.simulator.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
GivenModel = TypeVar("GivenModel", bound=BaseModel)
PREFIX = "/_simulator"
SHOWN_CONTENT = ("image/", "audio/", "video/")


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors of the control API as `{"error": {"code", "message"}}`."""
    try:
        return await handler(request)
    except PlatformError as error:
        return web.json_response({"error": {"code": error.code, "message": error.message}}, status=error.status)


class ControlRoutes:
    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get(f"{PREFIX}/state", self.state)
        router.add_get(f"{PREFIX}/log", self.log)
        router.add_post(f"{PREFIX}/act", self.act)
        router.add_post(f"{PREFIX}/users", self.add_user)
        router.add_post(f"{PREFIX}/groups", self.add_group)
        router.add_post(f"{PREFIX}/channels", self.add_channel)
        router.add_patch(f"{PREFIX}/channels/{{channel_id}}", self.change_channel)
        router.add_get(f"{PREFIX}/channels/{{channel_id}}/credentials", self.credentials)
        router.add_post(f"{PREFIX}/channels/{{channel_id}}/hold", self.hold)
        router.add_post(f"{PREFIX}/channels/{{channel_id}}/release", self.release)
        router.add_post(f"{PREFIX}/webhooks/{{number}}/redeliver", self.redeliver)
        router.add_get(f"{PREFIX}/faults", self.faults)
        router.add_post(f"{PREFIX}/faults", self.add_fault)
        router.add_delete(f"{PREFIX}/faults", self.clear_faults)
        router.add_get(f"{PREFIX}/content/{{message_id}}", self.content)
        router.add_get(f"{PREFIX}/menus/{{rich_menu_id}}/picture", self.menu_picture)

    async def state(self, _http: web.Request) -> web.Response:
        return web.json_response(state_view(self._world.platform, self._world.sender))

    async def log(self, http: web.Request) -> web.Response:
        """Webhooks and API calls; `?since=N` answers those with a higher number."""
        since = http.query.get("since", "0")
        if not since.isdecimal():
            raise InvalidStep("`since` must be a number.")
        return web.json_response({"entries": log_view(self._world.platform, since=int(since))})

    async def act(self, http: web.Request) -> web.Response:
        try:
            step = STEP.validate_python(await json_object(http))
        except ValidationError as error:
            raise InvalidStep(_first(error)) from None
        occurrences = self._world.take(step)
        answer: JsonObject = {
            "events": [item.event for item in occurrences],
            "message_ids": [item.message.message_id for item in occurrences if item.message],
        }
        delivery = self._world.sender.deliver(occurrences, copies=step.copies)
        if step.wait:
            answer["attempts"] = [entry_view(attempt) for attempt in await delivery]
        else:
            self._world.sender.start(delivery)
        return web.json_response(answer)

    async def add_user(self, http: web.Request) -> web.Response:
        given = await _given(http, NewUser)
        return web.json_response(asdict(self._world.new_person(given.display_name)), status=201)

    async def add_group(self, http: web.Request) -> web.Response:
        given = await _given(http, NewGroup)
        group = self._world.platform.directory.add_group(given.name, given.members, kind=given.kind)
        self._world.platform.tell("directory", None)
        return web.json_response(asdict(group), status=201)

    async def add_channel(self, http: web.Request) -> web.Response:
        """The only other answer, beside `credentials`, that shows the channel's secret and token."""
        given = await _given(http, NewChannel)
        channel = self._world.platform.directory.add_channel(**given.model_dump())
        self._world.platform.tell("directory", None)
        return web.json_response(asdict(channel), status=201)

    async def change_channel(self, http: web.Request) -> web.Response:
        given = await _given(http, ChannelChange)
        channel = self._world.platform.directory.channel(http.match_info["channel_id"])
        for name in given.model_fields_set - {"redelivery"}:
            setattr(channel, name, getattr(given, name))
        if given.redelivery is not None:
            self._world.sender.redelivery[channel.channel_id] = tuple(given.redelivery)
        self._world.platform.tell("directory", None)
        return web.json_response(channel_view(channel, self._world.sender))

    async def credentials(self, http: web.Request) -> web.Response:
        channel = self._world.platform.directory.channel(http.match_info["channel_id"])
        return web.json_response({"secret": channel.secret, "access_token": channel.access_token})

    async def hold(self, http: web.Request) -> web.Response:
        self._world.sender.hold(http.match_info["channel_id"])
        self._world.platform.tell("directory", None)
        return web.json_response({})

    async def release(self, http: web.Request) -> web.Response:
        given = await _given(http, Release)
        order = random.SystemRandom().shuffle if given.shuffle else None
        attempts = await self._world.sender.release(
            http.match_info["channel_id"], order=order, batch_size=given.batch_size, copies=given.copies
        )
        self._world.platform.tell("directory", None)
        return web.json_response({"attempts": [entry_view(attempt) for attempt in attempts]})

    async def redeliver(self, http: web.Request) -> web.Response:
        number = http.match_info["number"]
        try:
            attempt = await self._world.sender.redeliver(int(number) if number.isdecimal() else 0)
        except LookupError:
            raise UnknownThing(f"There is no webhook {number!r}.") from None
        return web.json_response(entry_view(attempt))

    async def faults(self, _http: web.Request) -> web.Response:
        """The faults that are set, and the endpoints that a fault can name."""
        faults = [asdict(fault) for fault in self._world.faults.all()]
        return web.json_response({"faults": faults, "endpoints": [*self._world.api.endpoint_names(), ANY]})

    async def add_fault(self, http: web.Request) -> web.Response:
        given = await _given(http, NewFault)
        return web.json_response(asdict(self._world.faults.set(Fault(**given.model_dump()))), status=201)

    async def clear_faults(self, _http: web.Request) -> web.Response:
        self._world.faults.clear()
        return web.json_response({})

    async def content(self, http: web.Request) -> web.Response:
        """The bytes of what a person sent, for the page: played or shown, or else to be downloaded."""
        blob = self._world.platform.blobs.get(http.match_info["message_id"])
        if blob is None:
            raise UnknownThing("There is no content with this id.")
        headers = {"X-Content-Type-Options": "nosniff"}
        if blob.content_type.startswith(SHOWN_CONTENT) and "svg" not in blob.content_type:
            return web.Response(body=blob.data, content_type=blob.content_type, headers=headers)
        # A page that a person sent must not run as one of ours.
        headers["Content-Disposition"] = "attachment"
        return web.Response(body=blob.data, content_type="application/octet-stream", headers=headers)

    async def menu_picture(self, http: web.Request) -> web.Response:
        """The picture of a rich menu, for the page."""
        menu = self._world.platform.menus.find(http.match_info["rich_menu_id"])
        if menu is None or menu.picture is None:
            raise UnknownThing("There is no rich menu with this id.")
        return web.Response(body=menu.picture, content_type=menu.content_type)


async def json_object(http: web.Request) -> JsonObject:
    """The JSON object in the body. Another content type is refused, so that a web page elsewhere can't
    post here from someone's browser without a preflight."""
    if http.content_type != "application/json":
        raise InvalidStep("The content type must be application/json.")
    try:
        body = json.loads(await http.read())
    except ValueError:
        raise InvalidStep("The body isn't JSON.") from None
    if not isinstance(body, dict):
        raise InvalidStep("The body isn't an object.")
    return body


async def _given(http: web.Request, model: type[GivenModel]) -> GivenModel:
    try:
        return model.model_validate(await json_object(http))
    except ValidationError as error:
        raise InvalidStep(_first(error)) from None


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    return f"{'.'.join(str(part) for part in found['loc']) or 'body'}: {found['msg']}"
