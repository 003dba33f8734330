"""Imports over the management API, with a worker that is run when a test says so."""

from __future__ import annotations

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.outbox.runner import LaneRunner
from bot.webhooks.sender import SafeSender
from knowledge.importing.tasks import ImportWorker
from knowledge.repository.imports import lane_of
from tests.knowledge.routes.office import Answer, Office

FAQ = "question,answer\n幾點打烊,晚上九點\n可以刷卡嗎,可以\n"


@dataclass(frozen=True)
class Desk:
    """Where imports are sent to."""

    office: Office
    runner: LaneRunner

    @classmethod
    def of(cls, office: Office, sender: SafeSender | None = None) -> Desk:
        worker = ImportWorker(sender or office.api.sender)
        return cls(office, LaneRunner(office.database, office.api.clock, workers=[worker]))

    async def send(
        self, content: str | bytes = FAQ, name: str = "faq.csv", *, key: str = "own", **fields: Any
    ) -> Answer:
        """Send a file as a form."""
        form = aiohttp.FormData()
        for field, value in fields.items():
            form.add_field(field, str(value))
        data = content.encode() if isinstance(content, str) else content
        form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
        headers = {"Authorization": f"Bearer {self.office.keys[key]}"}
        url = f"{self.office.url}/api/v1/imports"
        async with self.office.session.post(url, data=form, headers=headers) as response:
            return Answer(response.status, await response.json())

    async def work(self, job_id: str) -> None:
        """Do whatever is due of an import."""
        await self.runner.work([lane_of(uuid.UUID(job_id))])

    async def job(self, job_id: str) -> dict[str, Any]:
        answer = await self.office.get(f"/imports/{job_id}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    async def previewed(self, content: str | bytes = FAQ, name: str = "faq.csv", **fields: Any) -> dict[str, Any]:
        """An import that was read."""
        sent = await self.send(content, name, **fields)
        assert sent.status == 202, sent.body
        await self.work(sent.body["id"])
        return await self.job(sent.body["id"])

    async def rows(self, job: dict[str, Any], query: str = "") -> Sequence[dict[str, Any]]:
        answer = await self.office.get(f"/imports/{job['id']}/rows?{query}")
        assert answer.status == 200, answer.body
        return list(answer.body["items"])

    async def apply(self, job: dict[str, Any], **decisions: Any) -> dict[str, Any]:
        """Let a preview be brought in, and wait for its end."""
        answer = await self.office.post(f"/imports/{job['id']}/apply", decisions)
        assert answer.status == 202, answer.body
        await self.work(job["id"])
        return await self.job(job["id"])

    async def entries(self, query: str = "") -> dict[str, dict[str, Any]]:
        """The entries there are, by their questions."""
        answer = await self.office.get(f"/knowledge?limit=200&{query}")
        return {item["question_summary"]: item for item in answer.body["items"]}

    async def export(self, query: str = "", *, key: str = "own") -> tuple[dict[str, str], bytes]:
        """Headers and content of an exported file."""
        headers = {"Authorization": f"Bearer {self.office.keys[key]}"}
        url = f"{self.office.url}/api/v1/knowledge/export?{query}"
        async with self.office.session.get(url, headers=headers) as response:
            assert response.status == 200, await response.text()
            return dict(response.headers), await response.read()
