"""Every table, one file per aggregate. Importing this package registers them all."""

from bot.models.bots import Bot, BotOwner, ClaimAttempt, ClaimCode
from bot.models.channels import Channel
from bot.models.contacts import Contact, Conversation, Message
from bot.models.deliveries import Delivery, DeliveryAttempt
from bot.models.idempotency import IdempotencyRecord
from bot.models.knowledge import KnowledgeEntry
from bot.models.line_events import Lane, LineEvent
from bot.models.tenants import Partner, PartnerKey, Tenant
from bot.models.vendors import Vendor, VendorParameter

__all__ = [
    "Bot",
    "BotOwner",
    "Channel",
    "ClaimAttempt",
    "ClaimCode",
    "Contact",
    "Conversation",
    "Delivery",
    "DeliveryAttempt",
    "IdempotencyRecord",
    "KnowledgeEntry",
    "Lane",
    "LineEvent",
    "Message",
    "Partner",
    "PartnerKey",
    "Tenant",
    "Vendor",
    "VendorParameter",
]
