"""The inbox: every acknowledged event is on the disk before LINE gets its 200."""

from handlers.line.inbox.rows import InboxRow, row_of
from handlers.line.inbox.writer import Inbox, InboxStore

__all__ = ["Inbox", "InboxRow", "InboxStore", "row_of"]
