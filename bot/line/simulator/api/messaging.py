"""The Messaging API: which operation a path means, who is calling, and the log of every call."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.line.simulator.api.endpoint import Probe, WebhookEndpoint
from bot.line.simulator.api.lookups import Lookups
from bot.line.simulator.api.rich_menus import RichMenuApi
from bot.line.simulator.api.sending import Sending
from bot.line.simulator.api.wire import MAX_BODY, UNAUTHENTICATED, ApiAnswer, ApiRequest, Context, Refusal
from bot.line.simulator.identifiers import request_id
from bot.line.simulator.model import ApiCall, Channel
from bot.line.simulator.platform import Platform

Operation = Callable[[Context], Awaitable[ApiAnswer]]
SHOWN_HEADERS = ("content-type", "x-line-retry-key", "user-agent")
_USER, _MESSAGE = r"(?P<user_id>[^/]+)", r"(?P<message_id>[^/]+)"
_MENU = r"(?P<rich_menu_id>[^/]+)"
_GROUP = r"(?:group|room)/(?P<group_id>[^/]+)"


@dataclass(frozen=True, slots=True)
class Route:
    """`name` is how a fault names the endpoint."""

    name: str
    method: str
    path: re.Pattern[str]
    operation: Operation


class MessagingApi:
    """Answers a bot's requests as api.line.me and api-data.line.me do."""

    def __init__(self, platform: Platform, probe: Probe) -> None:
        self._platform = platform
        endpoint = WebhookEndpoint(platform, probe)
        self._routes = _routes(Sending(platform), Lookups(platform), endpoint=endpoint, menus=RichMenuApi(platform))

    def endpoint_name(self, method: str, path: str) -> str:
        """The name of the operation at a path, or "unknown"."""
        return next((r.name for r in self._routes if r.method == method and r.path.fullmatch(path)), "unknown")

    def endpoint_names(self) -> tuple[str, ...]:
        """The names of all operations."""
        return tuple(route.name for route in self._routes)

    def open_call(self, request: ApiRequest) -> ApiCall:
        """The row of the log for a request, not yet in the log."""
        channel = self._caller(request)
        return ApiCall(
            number=self._platform.next_log_number(),
            at=self._platform.now(),
            request_id=request_id(),
            method=request.method,
            path=request.path,
            headers={name: request.headers[name] for name in SHOWN_HEADERS if name in request.headers},
            body=_shown(request),
            channel_id=channel.channel_id if channel else None,
        )

    async def handle(self, request: ApiRequest, call: ApiCall | None = None) -> ApiAnswer:
        """The answer to a request. Without `call` the request is logged here; with one, by the caller."""
        started = time.perf_counter()
        row = call or self.open_call(request)
        try:
            answer = await self._answer(request, row)
        except Refusal as refusal:
            answer = refusal.answer
        answer.headers["x-line-request-id"] = row.request_id
        if call is None:
            self.close_call(row, answer, started=started)
        return answer

    def close_call(self, call: ApiCall, answer: ApiAnswer | None, *, started: float) -> None:
        """Write down what the caller got (None: nothing, the connection was dropped)."""
        call.milliseconds = round((time.perf_counter() - started) * 1000, 1)
        if answer is not None:
            call.status = answer.status
            shown = answer.body.decode() if answer.data is None else f"<{len(answer.data)} bytes>"
            call.answer = shown
        self._platform.log_call(call)

    async def _answer(self, request: ApiRequest, call: ApiCall) -> ApiAnswer:
        if len(request.body) > MAX_BODY:
            raise Refusal(413, "Request exceeds the max size of 2MB. Make the request smaller than 2MB and try again.")
        channel = self._caller(request)
        if channel is None:
            raise Refusal(401, UNAUTHENTICATED)
        known_path = False
        for route in self._routes:
            if found := route.path.fullmatch(request.path):
                known_path = True
                if route.method == request.method:
                    return await route.operation(Context(request, channel, call, found.groupdict()))
        raise Refusal(405, "The method is not allowed") if known_path else Refusal(404, "Not found")

    def _caller(self, request: ApiRequest) -> Channel | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return self._platform.directory.channel_of_token(token.strip()) if scheme.lower() == "bearer" else None


def _shown(request: ApiRequest) -> str:
    """The body for the log: a picture only as its size."""
    if request.headers.get("content-type", "").startswith("image/"):
        return f"<{len(request.body)} bytes>"
    return request.body.decode("utf-8", "replace")


def _routes(sending: Sending, lookups: Lookups, *, endpoint: WebhookEndpoint, menus: RichMenuApi) -> tuple[Route, ...]:
    table: Mapping[str, tuple[str, str, Operation]] = {
        "reply": ("POST", "message/reply", sending.reply),
        "push": ("POST", "message/push", sending.push),
        "multicast": ("POST", "message/multicast", sending.multicast),
        "validate": ("POST", "message/validate/(?:reply|push|multicast|narrowcast|broadcast)", sending.validate),
        "loading": ("POST", "chat/loading/start", lookups.start_loading),
        "markAsRead": ("POST", "chat/markAsRead", lookups.mark_as_read),
        "profile": ("GET", f"profile/{_USER}", lookups.profile),
        "memberProfile": ("GET", f"{_GROUP}/member/{_USER}", lookups.member_profile),
        "groupSummary": ("GET", r"group/(?P<group_id>[^/]+)/summary", lookups.group_summary),
        "memberCount": ("GET", f"{_GROUP}/members/count", lookups.member_count),
        "leave": ("POST", f"{_GROUP}/leave", lookups.leave),
        "info": ("GET", "info", lookups.bot_info),
        "content": ("GET", f"message/{_MESSAGE}/content(?:/preview)?", lookups.content),
        "transcoding": ("GET", f"message/{_MESSAGE}/content/transcoding", lookups.transcoding),
        "quota": ("GET", "message/quota", lookups.quota),
        "consumption": ("GET", "message/quota/consumption", lookups.consumption),
        "getWebhook": ("GET", "channel/webhook/endpoint", endpoint.get),
        "setWebhook": ("PUT", "channel/webhook/endpoint", endpoint.put),
        "testWebhook": ("POST", "channel/webhook/test", endpoint.test),
        "createRichMenu": ("POST", "richmenu", menus.create),
        "richMenus": ("GET", "richmenu/list", menus.list),
        "uploadRichMenuImage": ("POST", f"richmenu/{_MENU}/content", menus.upload),
        "richMenuImage": ("GET", f"richmenu/{_MENU}/content", menus.image),
        "richMenu": ("GET", f"richmenu/{_MENU}", menus.get),
        "deleteRichMenu": ("DELETE", f"richmenu/{_MENU}", menus.delete),
        "linkRichMenu": ("POST", f"user/{_USER}/richmenu/{_MENU}", menus.link),
        "linkedRichMenu": ("GET", f"user/{_USER}/richmenu", menus.linked),
        "unlinkRichMenu": ("DELETE", f"user/{_USER}/richmenu", menus.unlink),
    }
    return tuple(
        Route(name, method, re.compile(f"/v2/bot/{path}"), operation)
        for name, (method, path, operation) in table.items()
    )
