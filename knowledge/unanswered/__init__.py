"""Questions that nobody's knowledge answered: gathered by what they ask, answered or dismissed by the vendor."""

from knowledge.unanswered.clustering import Asked
from knowledge.unanswered.service import answer, dismiss, forget, record, reopen

__all__ = ["Asked", "answer", "dismiss", "forget", "record", "reopen"]
