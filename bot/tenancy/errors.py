"""What can stand in the way of making or claiming a bot."""

from __future__ import annotations

from bot.errors import Conflict, Forbidden, Unavailable


class SlotsExhausted(Forbidden):
    code = "slots_exhausted"
    message = "Your partner account has exhausted its purchased slots."


class PartnerDisabled(Forbidden):
    code = "partner_disabled"
    message = "Your partner account is disabled. Please contact the platform's operator."


class NoCentralChannel(Unavailable):
    code = "no_central_channel"
    message = "The central LINE channel is not set up yet. Please try again once the operator has connected it."


class KeyTaken(Conflict):
    code = "key_taken"
    message = "This key is already in use."
