"""The first steps that the demo's page offers."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo.partner import DemoPartner
from bot.line.simulator import Channel, Guide, GuideStep, Line, Link, Platform, Provision, Say
from bot.texts import say
from handlers.line.commands import CommandName, command_text


@dataclass(slots=True)
class DemoChannels:
    """The demo's Official Accounts: the central one, and one for each rental vendor."""

    platform: Platform
    central: Channel
    first: Channel = field(init=False)
    second: Channel = field(init=False)

    def __post_init__(self) -> None:
        add = self.platform.directory.add_channel
        self.first = add(say("demo.first"), line_id_name="@anju")
        self.second = add(say("demo.second"), line_id_name="@haoshi")


def guide_of(channels: DemoChannels, partner: DemoPartner, *, shop_code: str, server_url: str) -> Guide:
    """Ask two vendors the same, provision a bot and own it, visit a shop of the shared account."""
    store = say("demo.provision_store")
    enter = command_text(CommandName.ENTER_SHOP, shop_code)
    guest = Line(say("demo.person_guest"), channels.central.channel_id, (enter, say("demo.question_shop")))
    steps = (
        GuideStep(
            say("demo.ask_title"),
            say("demo.ask_body", first=channels.first.name, second=channels.second.name),
            (_ask_both(channels, "rent"), _ask_both(channels, "late")),
        ),
        GuideStep(
            say("demo.provision_title"),
            say("demo.provision_body"),
            (
                Provision(
                    label=say("demo.provision_button", store=store),
                    store_name=store,
                    provision=partner.provision,
                    channel_id=channels.central.channel_id,
                    owner=say("demo.person_owner"),
                    owner_label=say("demo.owner_button"),
                    command=command_text(CommandName.CLAIM, "{code}"),
                ),
                Link(say("demo.docs_link"), f"{server_url}/docs"),
            ),
        ),
        GuideStep(
            say("demo.shop_title"),
            say("demo.shop_body", shop=say("demo.shop"), central=channels.central.name),
            (Say(say("demo.shop_button"), (guest,)),),
        ),
    )
    columns = (
        (say("demo.person_first"), channels.first.channel_id),
        (say("demo.person_second"), channels.second.channel_id),
        (say("demo.person_guest"), channels.central.channel_id),
    )
    return Guide(say("demo.title"), say("demo.body"), steps, columns)


def _ask_both(channels: DemoChannels, question: str) -> Say:
    """The same question from a customer of each rental vendor."""
    text = (say(f"demo.question_{question}"),)
    lines = (
        Line(say("demo.person_first"), channels.first.channel_id, text),
        Line(say("demo.person_second"), channels.second.channel_id, text),
    )
    return Say(say(f"demo.ask_{question}"), lines)
