"""The guide's buttons: `GET /_simulator/guide`, and one POST for each kind of action."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.errors import PlatformError, Unavailable
from bot.line.simulator.errors import InvalidStep, UnknownThing
from bot.line.simulator.guide import Action, Guide, Line, Provision, Say, guide_view
from bot.line.simulator.model import JsonObject
from bot.line.simulator.routes_control import PREFIX, json_object
from bot.line.simulator.world import World

MAX_STORE_NAME = 100


class GuideRoutes:
    """`guide` may be set after the start: a host knows some of it only once the simulator answers."""

    def __init__(self, world: World, guide: Guide | None) -> None:
        self._world = world
        self.guide = guide

    def add_to(self, app: web.Application) -> None:
        action = f"{PREFIX}/guide/{{step}}/{{action}}"
        app.router.add_get(f"{PREFIX}/guide", self.show)
        app.router.add_post(f"{action}/say", self.say)
        app.router.add_post(f"{action}/provision", self.provision)
        app.router.add_post(f"{action}/own", self.own)

    async def show(self, _http: web.Request) -> web.Response:
        """The guide, and the columns to open with: the guide's, or the first people and the first account."""
        return web.json_response({"guide": guide_view(self.guide), "columns": self._columns()})

    async def say(self, http: web.Request) -> web.Response:
        """Let the people of the action's lines write; answers who they are, at once."""
        action = self._action(http)
        if not isinstance(action, Say):
            raise UnknownThing("This action doesn't say anything.")
        return web.json_response({"columns": [self._speak(line, fresh=False) for line in action.lines]})

    async def provision(self, http: web.Request) -> web.Response:
        """Call the host. Its answer is passed on as it is."""
        action, body = self._action(http), await json_object(http)
        if not isinstance(action, Provision):
            raise UnknownThing("This action doesn't provision anything.")
        name = body.get("store_name") or action.store_name
        if not isinstance(name, str) or len(name) > MAX_STORE_NAME:
            raise InvalidStep("The store name has 1 to 100 characters.")
        return web.json_response({"answer": await _provisioned(action, name)})

    async def own(self, http: web.Request) -> web.Response:
        """A fresh person adds the account as a friend and writes the owner's command with the code."""
        action, body = self._action(http), await json_object(http)
        code = body.get("code")
        if not isinstance(action, Provision) or not isinstance(code, str) or not code:
            raise InvalidStep("There is no code to bind with.")
        text = action.command.format(code=code)
        return web.json_response({"columns": [self._speak(Line(action.owner, action.channel_id, (text,)), fresh=True)]})

    def _speak(self, line: Line, *, fresh: bool) -> JsonObject:
        user = self._world.new_person(line.person) if fresh else self._world.person_named(line.person)
        self._world.sender.start(self._world.speak(user, line))
        return {"user_id": user.user_id, "channel_id": line.channel_id}

    def _action(self, http: web.Request) -> Action:
        step, action = http.match_info["step"], http.match_info["action"]
        steps = self.guide.steps if self.guide else ()
        try:
            return steps[int(step)].actions[int(action)]
        except (IndexError, ValueError):
            raise UnknownThing("The guide has no such action.") from None

    def _columns(self) -> list[JsonObject]:
        directory = self._world.platform.directory
        if self.guide and self.guide.columns:
            pairs = self.guide.columns
            return [{"user_id": self._world.person_named(name).user_id, "channel_id": to} for name, to in pairs]
        first = next(iter(directory.channels), None)
        return [{"user_id": user_id, "channel_id": first} for user_id in list(directory.users)[:3]] if first else []


async def _provisioned(action: Provision, name: str) -> dict[str, Any]:
    try:
        return await action.provision(name)
    except PlatformError:
        raise
    except (OSError, ValueError) as error:
        # The host's server may not be up yet, or may have answered something that isn't JSON.
        raise Unavailable(f"The platform did not answer the provisioning request ({type(error).__name__}).") from error
