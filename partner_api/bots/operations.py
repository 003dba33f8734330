"""What the documentation says of the routes of bots."""

from __future__ import annotations

from bot.web.openapi import Operation
from knowledge.errors import EntryNotFound
from knowledge.schemas.entries import DeletedEntry, EntryAnswer, EntryList, WrittenEntry
from knowledge.schemas.vendors import ParametersBody
from partner_api.bots.errors import AlreadyBound, BotNotFound, NoOwner, NoSandboxBots, PartnerKeyNeeded
from partner_api.bots.knowledge import EntriesQuery, EntryBody, EntryChange
from partner_api.bots.parameters import ParametersShown
from partner_api.bots.schemas import BindingIssued, BotBody, BotList, BotShown, BotsQuery, SlotsShown, TokenRolled
from partner_api.bots.statistics import StatisticsQuery, StatisticsShown
from partner_api.keys.errors import CompanyBound

TAG = "Bots"
# What a key is refused with that isn't for bots; a management token meets neither.
_WRONG_KEY = (NoSandboxBots, CompanyBound)
_ONE = (*_WRONG_KEY, BotNotFound)

LIST = Operation(
    summary="List the partner's bots, the newest first",
    tag=TAG,
    description="Deleted ones are listed with `status=deleted` alone. A management token can't list.",
    query=BotsQuery,
    answers={200: BotList},
    errors=(*_WRONG_KEY, PartnerKeyNeeded),
)
GET = Operation(
    summary="Get a bot",
    tag=TAG,
    description="A partner's key also gets a bot that was deleted, with the status `deleted`.",
    answers={200: BotShown},
    errors=_ONE,
)
CHANGE = Operation(
    summary="Change a bot's name, instructions or settings",
    tag=TAG,
    description="What isn't given stays. The answer is the bot as it is now.",
    body=BotBody,
    answers={200: BotShown},
    errors=_ONE,
    example={"store_name": "StockRadar Assistant", "settings": {"late_reply": "postback", "summary_hour": 9}},
)
DELETE = Operation(
    summary="Delete a bot for good and get its slot back",
    tag=TAG,
    description="Its owner is told. Everything that it was about to send ends. It can't be undone.",
    answers={204: None},
    errors=_ONE,
)
PAUSE = Operation(
    summary="Suspend a bot: customers are told that it is out of service",
    tag=TAG,
    description="What they write is kept. Its owner is told, and can't end it. Once more changes nothing.",
    answers={200: BotShown},
    errors=_ONE,
    idempotent=True,
)
RESUME = Operation(
    summary="End a bot's suspension",
    tag=TAG,
    description="A pause of its owner's own goes on. Once more changes nothing.",
    answers={200: BotShown},
    errors=_ONE,
    idempotent=True,
)
CODE = Operation(
    summary="Issue a new claim code for a bot without an owner",
    tag=TAG,
    description="Shown once; the codes before it bind nobody any more.",
    answers={200: BindingIssued},
    errors=(*_ONE, AlreadyBound),
    idempotent=True,
)
RELEASE = Operation(
    summary="End the owner's and the helpers' part in a bot",
    tag=TAG,
    description="The former owner is told. Open claim codes end too.",
    answers={200: BotShown},
    errors=(*_ONE, NoOwner),
    idempotent=True,
)
ROLL = Operation(
    summary="Replace a bot's management token",
    tag=TAG,
    description="The new one is shown once. The one before it opens nothing from this moment on.",
    answers={200: TokenRolled},
    errors=_ONE,
    idempotent=True,
)
STATISTICS = Operation(
    summary="Get what a bot did, day by day",
    tag=TAG,
    description="Days are those of UTC+8. What the shop's own people write alone with their bot isn't counted.",
    query=StatisticsQuery,
    answers={200: StatisticsShown},
    errors=_ONE,
)
PARAMETERS = Operation(
    summary="Get the values that a bot answers with", tag=TAG, answers={200: ParametersShown}, errors=_ONE
)
PUT_PARAMETERS = Operation(
    summary="Add or change values that a bot answers with",
    tag=TAG,
    description="All of them or none. Those that aren't named stay. The answer holds every parameter.",
    body=ParametersBody,
    answers={200: ParametersShown},
    errors=_ONE,
    example={
        "configs": [
            {
                "category": "payment",
                "param_key": "payment_day",
                "param_value": "5",
                "data_type": "number",
                "display_name": "Payment day",
            }
        ]
    },
)
ENTRIES = Operation(
    summary="List a bot's own knowledge, the oldest first",
    tag=TAG,
    query=EntriesQuery,
    answers={200: EntryList},
    errors=_ONE,
)
CREATE_ENTRY = Operation(
    summary="Teach a bot an answer",
    tag=TAG,
    body=EntryBody,
    answers={201: WrittenEntry},
    errors=_ONE,
    idempotent=True,
    example={"question_summary": "When do you close?", "answer": "We close at 9 pm every day."},
)
ENTRY = Operation(
    summary="Get an entry of a bot's knowledge",
    tag=TAG,
    answers={200: EntryAnswer},
    errors=(*_ONE, EntryNotFound),
)
CHANGE_ENTRY = Operation(
    summary="Change an entry of a bot's knowledge",
    tag=TAG,
    description="What isn't given stays. Keywords and intents are replaced as a whole.",
    body=EntryChange,
    answers={200: WrittenEntry},
    errors=(*_ONE, EntryNotFound),
    example={"answer": "We close at 10 pm every day."},
)
DELETE_ENTRY = Operation(
    summary="Delete an entry of a bot's knowledge",
    tag=TAG,
    answers={200: DeletedEntry},
    errors=(*_ONE, EntryNotFound),
)
SLOTS = Operation(
    summary="Get how many bots the partner may still make",
    tag="Provisioning",
    answers={200: SlotsShown},
    errors=_WRONG_KEY,
)
