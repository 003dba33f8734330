"""One import as it is worked on: what of it is due, and what came of doing that."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from bot.models import ImportJob
from bot.tenancy.principal import Principal
from knowledge.importing.planning import Policies
from knowledge.repository.import_rows import Decision, acting_for
from knowledge.repository.imports import FINAL, State
from knowledge.repository.staging import Staging

Result = TypeVar("Result")
_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imports")


class Step(StrEnum):
    """What is to be done: read the file, bring its rows in, or take back what an ended import staged."""

    READ = "read"
    APPLY = "apply"
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Work:
    """A step of a job, with what it needs of the job's row."""

    step: Step
    job_id: uuid.UUID
    principal: Principal
    tenant_id: uuid.UUID
    vendor_id: int | None
    file_name: str
    content_type: str | None
    url: str | None
    options: Mapping[str, Any]
    found: Mapping[str, Any]
    created_by: str
    attempts: int

    @property
    def staging(self) -> Staging:
        said_by = self.options.get("said_by")
        return Staging(self.job_id, self.tenant_id, self.vendor_id, self.principal, self.created_by, said_by)

    @property
    def policies(self) -> Policies:
        chosen = {name: Decision(self.options.get(name, Decision.SKIP)) for name in ("duplicates", "conflicts")}
        return Policies(**chosen)


class Stopped(Exception):
    """The job was cancelled while it was being worked on."""


def step_of(job: ImportJob) -> Step | None:
    """What is to be done about a job now."""
    state = State(job.state)
    if state in (State.WAITING, State.READING):
        return Step.READ
    if state is State.IMPORTING:
        return Step.APPLY
    return Step.CLEAN if state in FINAL and job.staged else None


def work_of(job: ImportJob, step: Step) -> Work:
    return Work(
        step, job.id, acting_for(job), job.tenant_id, job.vendor_id, job.file_name, job.content_type, job.url,
        job.options, job.found, job.created_by, job.attempts,
    )  # fmt: skip


async def in_thread(compute: Callable[[], Result]) -> Result:
    """Run what takes the processor for long in the one thread that imports have, off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, compute)
