"""What a delivery is for."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """`answer`: to a contact's own words. `relay`: between a contact and the person of the shop who talks
    with them. `notice`: to an owner. `broadcast`: to a shop's followers."""

    ANSWER = "answer"
    RELAY = "relay"
    NOTICE = "notice"
    BROADCAST = "broadcast"
