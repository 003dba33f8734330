"""HTTP in and out: jobs."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def job_routes(surface: Surface, api: Api) -> list[Route]:
    """Tell of jobs, and cancel them."""
    return []
