"""What jobs can be refused with."""

from __future__ import annotations

from bot.errors import Conflict, NotFound, TooManyRequests


class JobNotFound(NotFound):
    code = "job_not_found"
    message = "There is no job with this id."


class JobEnded(Conflict):
    code = "job_ended"
    message = "This job has ended already."


class JobOpen(Conflict):
    code = "job_open"
    message = "This job has not ended yet: cancel it, or wait for its end."


class TooManyJobs(TooManyRequests):
    code = "too_many_jobs"
    message = "Too many jobs of this API key are open: wait for some to end, or cancel them."
