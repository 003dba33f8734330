"""What the control API takes: one model for each thing a person, or a test in another process, does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, TypeAdapter

from bot.line.simulator.faults import ANY, FaultMode
from bot.line.simulator.model import GroupKind

MAX_COPIES = 50
MAX_NAME = 100


class Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Step(Given):
    """A step in the app. `copies` sends its webhook so many times at once; with `wait` the answer comes
    after the webhook's, with the attempts."""

    copies: int = Field(default=1, ge=1, le=MAX_COPIES)
    wait: bool = False


class InChat(Step):
    """`chat_id` is a group or room; without it the user's own chat with the account is meant."""

    channel_id: str
    user_id: str
    chat_id: str | None = None


class Say(InChat):
    do: Literal["say"]
    text: str
    quoted_message_id: str | None = None
    mentions: list[str] = []


class Send(InChat):
    """`content` is a webhook message object without id and tokens; `data` what the bot can download."""

    do: Literal["send"]
    content: dict[str, Any]
    data: Base64Bytes | None = None
    content_type: str = "image/jpeg"


class Postback(InChat):
    do: Literal["postback"]
    data: str
    display_text: str | None = None
    params: dict[str, Any] | None = None


class Unsend(Step):
    do: Literal["unsend"]
    message_id: str


class Edit(Step):
    do: Literal["edit"]
    message_id: str
    text: str


class Befriend(Step):
    do: Literal["follow", "block"]
    channel_id: str
    user_id: str


class Invite(Step):
    do: Literal["invite_account"]
    group_id: str
    channel_id: str


class Dismiss(Step):
    do: Literal["remove_account"]
    group_id: str


class Membership(Step):
    do: Literal["join_group", "leave_group"]
    group_id: str
    user_id: str


class Raw(Step):
    """Events as they are to be sent, all in one request."""

    do: Literal["raw"]
    channel_id: str
    events: list[dict[str, Any]]


AnyStep = Annotated[
    Say | Send | Postback | Unsend | Edit | Befriend | Invite | Dismiss | Membership | Raw, Field(discriminator="do")
]
STEP: TypeAdapter[AnyStep] = TypeAdapter(AnyStep)


class NewChannel(Given):
    name: str = Field(min_length=1, max_length=MAX_NAME)
    channel_id: str | None = None
    secret: str | None = None
    access_token: str | None = None
    webhook_url: str | None = None
    monthly_limit: int | None = None


class ChannelChange(Given):
    """Only what is given changes. `redelivery` is the list of delays in seconds; an empty one turns it off."""

    name: str | None = Field(default=None, min_length=1, max_length=MAX_NAME)
    webhook_url: str | None = None
    webhook_active: bool | None = None
    monthly_limit: int | None = None
    consumption: int | None = None
    chat_mode: Literal["bot", "chat"] | None = None
    redelivery: list[float] | None = None


class NewUser(Given):
    display_name: str = Field(min_length=1, max_length=MAX_NAME)


class NewGroup(Given):
    name: str = Field(min_length=1, max_length=MAX_NAME)
    members: list[str]
    kind: GroupKind = GroupKind.GROUP


class NewFault(Given):
    mode: FaultMode
    endpoint: str = ANY
    status: int = Field(default=500, ge=200, le=599)
    seconds: float = Field(default=5.0, ge=0, le=600)
    remaining: int | None = Field(default=1, ge=1)
    channel_id: str | None = None
    message: str | None = None
    retry_after: int | None = Field(default=None, ge=0)


class Release(Given):
    shuffle: bool = False
    batch_size: int = Field(default=1, ge=1)
    copies: int = Field(default=1, ge=1, le=MAX_COPIES)
