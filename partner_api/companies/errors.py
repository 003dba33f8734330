"""What companies and agents can be refused with."""

from __future__ import annotations

from bot.errors import Conflict, NotFound


class CompanyNotFound(NotFound):
    code = "company_not_found"
    message = "There is no company with this id."


class AgentNotFound(NotFound):
    code = "agent_not_found"
    message = "This company has no agent with this id."


class AgentExists(Conflict):
    code = "agent_exists"
    message = "This company has an agent with this e-mail address already."
