"""The wire of companies and agents."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Literal

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field

from bot.models import Agent, Company
from bot.web.fields import NullIs, one_line
from partner_api.wire import SHOWN_LINE, PageQuery, RequestBody, timestamp

MAX_NAME = 200
MAX_INDUSTRY = 100
MAX_ROLE = 50
MAX_EMAIL = 254
MAX_LOCAL_PART = 64
MAX_LABEL = 63
MAX_SEARCH = 200
DEFAULT_ROLE = "agent"
Access = Literal["all_companies", "single_company"]
# What stands unquoted before the @ (RFC 5322, "dot-atom") or in a label of a domain, other scripts included.
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")


def _email(value: str) -> str:
    """An address of the usual form, in lower case. Whether somebody reads it, nobody can tell from it."""
    address = unicodedata.normalize("NFC", one_line(value)).lower()
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    is_one = (
        len(address) <= MAX_EMAIL
        and len(local) <= MAX_LOCAL_PART
        and _LOCAL_PART.fullmatch(local) is not None
        and len(labels) > 1
        and all(len(label) <= MAX_LABEL and _LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
    if not is_one:
        raise ValueError("must be an e-mail address such as name@example.com")
    return address


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Name = Annotated[str, Field(max_length=MAX_NAME), SHOWN_LINE]
Email = Annotated[str, Field(max_length=MAX_EMAIL + 66), AfterValidator(_email)]
Industry = Annotated[str, Field(max_length=MAX_INDUSTRY), SHOWN_LINE]


class CompanyBody(RequestBody):
    """A company to make. Fields beyond these are ignored."""

    name: Name
    industry: Annotated[
        Annotated[str, Field(max_length=MAX_INDUSTRY), SHOWN_LINE] | None, BeforeValidator(_blank_is_none)
    ] = None
    contact_email: Annotated[Email | None, BeforeValidator(_blank_is_none)] = None


class AgentBody(RequestBody):
    """An agent to make. Fields beyond these are ignored."""

    email: Email
    name: Name
    role: Annotated[str, Field(max_length=MAX_ROLE), SHOWN_LINE, NullIs(DEFAULT_ROLE)] = DEFAULT_ROLE


class CompaniesQuery(PageQuery):
    """Which companies; `search` is looked for in names and industries."""

    search: Annotated[str, Field(max_length=MAX_SEARCH), AfterValidator(one_line)] = ""


class CompanyShown(msgspec.Struct):
    id: str
    name: str
    industry: str | None
    contact_email: str | None
    created_at: str


class CompanyListed(msgspec.Struct):
    """A company as the list has it: the documented fields alone."""

    id: str
    name: str
    industry: str | None
    created_at: str


class CompanyList(msgspec.Struct):
    companies: list[CompanyListed]
    total: int
    limit: int
    offset: int
    partner_access: Access
    message: str


class AgentShown(msgspec.Struct):
    id: str
    company_id: str
    email: str
    name: str
    role: str
    created_at: str


class AgentList(msgspec.Struct):
    agents: list[AgentShown]
    total: int
    limit: int
    offset: int


def company_shown(row: Company) -> CompanyShown:
    return CompanyShown(str(row.id), row.name, row.industry, row.contact_email, timestamp(row.created_at))


def company_listed(row: Company) -> CompanyListed:
    return CompanyListed(str(row.id), row.name, row.industry, timestamp(row.created_at))


def agent_shown(row: Agent) -> AgentShown:
    return AgentShown(str(row.id), str(row.company_id), row.email, row.name, row.role, timestamp(row.created_at))
