"""Telling a store that is away from a statement that is wrong."""

from __future__ import annotations

from sqlalchemy import exc

# What SQLAlchemy and the drivers raise when a store can't be reached or doesn't answer in time.
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)
# PostgreSQL's classes for lost connections, for transactions rolled back for another's sake (a deadlock), for
# lacking resources, and for an operator who stops or starts it, and its codes for a session or transaction that it
# ended. SQLAlchemy has no class of its own for what asyncpg makes of these.
# Source: PostgreSQL, Appendix A, Error Codes.
_CLASSES = ("08", "40", "53", "57", "25P03", "25P04")


def is_outage(error: BaseException) -> bool:
    """Whether `error` says that the store is away, full, overloaded or entangled: the same may work a little later."""
    if isinstance(error, _AWAY):
        return True
    code = getattr(error.orig, "sqlstate", None) if isinstance(error, exc.DBAPIError) else None
    return isinstance(code, str) and code.startswith(_CLASSES)
