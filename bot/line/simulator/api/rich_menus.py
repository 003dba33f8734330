"""Rich menus: create, picture, link to a user, list, delete.

Source: Messaging API reference, "Rich menu" and "Per-user rich menu".
"""

from __future__ import annotations

from bot.line.simulator.api.wire import ApiAnswer, Context, Refusal, invalid_property
from bot.line.simulator.identifiers import USER_ID
from bot.line.simulator.model import JsonObject, RichMenu
from bot.line.simulator.platform import Platform
from bot.line.simulator.rules.pictures import picture_size
from bot.line.simulator.rules.rich_menus import problem_with_menu

MAX_MENUS = 1000
MAX_PICTURE = 1024 * 1024
PICTURES = ("image/jpeg", "image/png")


class RichMenuApi:
    """The operations about rich menus and who sees them."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def create(self, context: Context) -> ApiAnswer:
        content = context.json()
        if problem := problem_with_menu(content):
            raise Refusal(400, **problem)
        if len(self._platform.menus.of_channel(context.channel.channel_id)) >= MAX_MENUS:
            raise Refusal(400, "The maximum number of rich menus has been reached")
        menu = self._platform.menus.add(context.channel.channel_id, content)
        return ApiAnswer(content={"richMenuId": menu.rich_menu_id})

    async def list(self, context: Context) -> ApiAnswer:
        menus = self._platform.menus.of_channel(context.channel.channel_id)
        return ApiAnswer(content={"richmenus": [_view(menu) for menu in menus]})

    async def get(self, context: Context) -> ApiAnswer:
        return ApiAnswer(content=_view(self._menu(context)))

    async def delete(self, context: Context) -> ApiAnswer:
        self._platform.menus.remove(self._menu(context).rich_menu_id)
        self._platform.tell("directory", None)
        return ApiAnswer()

    async def upload(self, context: Context) -> ApiAnswer:
        """The picture, once, of the menu's size; a changed picture needs a new menu."""
        menu, body = self._menu(context), context.request.body
        content_type = context.request.headers.get("content-type", "").partition(";")[0].strip()
        if content_type not in PICTURES:
            raise Refusal(415, "Unsupported Media Type")
        if len(body) > MAX_PICTURE:
            raise Refusal(413, "The image is larger than 1 MB")
        if menu.picture is not None:
            raise Refusal(400, "An image has already been uploaded to the richmenu")
        size = menu.content["size"]
        if picture_size(body, content_type) != (size["width"], size["height"]):
            raise Refusal(400, "The image size is invalid")
        menu.picture, menu.content_type = body, content_type
        return ApiAnswer()

    async def image(self, context: Context) -> ApiAnswer:
        menu = self._menu(context)
        if menu.picture is None:
            raise Refusal(404, "Not found")
        return ApiAnswer(data=menu.picture, content_type=menu.content_type)

    async def link(self, context: Context) -> ApiAnswer:
        user_id, menu = self._user_id(context), self._menu(context)
        if menu.picture is None:
            raise Refusal(400, "must upload richmenu image before applying it to user")
        self._platform.menus.link(menu, user_id=user_id)
        self._platform.tell("directory", None)
        return ApiAnswer()

    async def linked(self, context: Context) -> ApiAnswer:
        menu = self._platform.menus.linked(context.channel.channel_id, self._user_id(context))
        if menu is None:
            raise Refusal(404, "the user has no richmenu")
        return ApiAnswer(content={"richMenuId": menu.rich_menu_id})

    async def unlink(self, context: Context) -> ApiAnswer:
        self._platform.menus.unlink(context.channel.channel_id, self._user_id(context))
        self._platform.tell("directory", None)
        return ApiAnswer()

    def _menu(self, context: Context) -> RichMenu:
        menu = self._platform.menus.find(context.parts["rich_menu_id"])
        if menu is None or menu.channel_id != context.channel.channel_id:
            raise Refusal(404, "richmenu not found")
        return menu

    def _user_id(self, context: Context) -> str:
        user_id = context.parts["user_id"]
        if not USER_ID.fullmatch(user_id):
            raise invalid_property("userId")
        context.call.chat_id = user_id
        return user_id


def _view(menu: RichMenu) -> JsonObject:
    return {"richMenuId": menu.rich_menu_id, **menu.content}
