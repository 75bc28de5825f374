"""The till's end of the synchronisation: it pushes facts, pulls changes and claims rights.

It runs beside the till on threads of its own. The till never waits for it: what needs
an answer is a Future.
"""

from sync.agent.agent import Agent
from sync.agent.enrol import EnrolFailed, Enrolled, enrol
from sync.agent.journalfile import JournalFile
from sync.agent.lines import Address

__all__ = ["Address", "Agent", "EnrolFailed", "Enrolled", "JournalFile", "enrol"]
