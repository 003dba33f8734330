"""Every table, one file per aggregate. Importing this package registers them all."""

from bot.models.bots import Bot, BotHelper, BotOwner, ClaimAttempt, ClaimCode
from bot.models.broadcasts import Broadcast
from bot.models.channels import Channel
from bot.models.contacts import Contact, Conversation, Message
from bot.models.deliveries import Delivery, DeliveryAttempt, SentMessage
from bot.models.evaluation import EvaluationRun
from bot.models.idempotency import IdempotencyRecord
from bot.models.imports import ImportJob, ImportRow
from bot.models.jobs import AsyncJob, CallRecording
from bot.models.keys import ApiKey
from bot.models.knowledge import Intent, KnowledgeChange, KnowledgeEntry
from bot.models.late_answers import LateAnswer
from bot.models.line_events import Lane, LineEvent
from bot.models.partner_api import Agent, Company, OperatorKey, PartnerApiKey, PartnerApiRequest
from bot.models.sessions import ChatSession, ChatTurn
from bot.models.staff import StaffDialog, StaffNotice
from bot.models.tenants import Partner, PartnerKey, Tenant
from bot.models.unanswered import UnansweredCluster, UnansweredQuestion
from bot.models.usage import LlmUsage
from bot.models.vendors import Vendor, VendorParameter
from bot.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookLog, WebhookSigner

__all__ = [
    "Agent",
    "ApiKey",
    "AsyncJob",
    "Bot",
    "BotHelper",
    "BotOwner",
    "Broadcast",
    "CallRecording",
    "Channel",
    "ChatSession",
    "ChatTurn",
    "ClaimAttempt",
    "ClaimCode",
    "Company",
    "Contact",
    "Conversation",
    "Delivery",
    "DeliveryAttempt",
    "EvaluationRun",
    "IdempotencyRecord",
    "ImportJob",
    "ImportRow",
    "Intent",
    "KnowledgeChange",
    "KnowledgeEntry",
    "Lane",
    "LateAnswer",
    "LineEvent",
    "LlmUsage",
    "Message",
    "OperatorKey",
    "Partner",
    "PartnerApiKey",
    "PartnerApiRequest",
    "PartnerKey",
    "SentMessage",
    "StaffDialog",
    "StaffNotice",
    "Tenant",
    "UnansweredCluster",
    "UnansweredQuestion",
    "Vendor",
    "VendorParameter",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookLog",
    "WebhookSigner",
]
