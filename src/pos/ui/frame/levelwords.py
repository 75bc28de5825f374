"""The level of the contingency plan in words: for the chip in the top bar, and why it is so."""

from __future__ import annotations

from typing import Final

from pos.ui.frame.linewords import cause
from pos.ui.i18n import told, tr
from pos.ui.session import Session

NORMAL: Final = "normal"
GRAVE: Final = ("dead", "paper")  # nothing can be sold here, or not as usual


def level_name(level: str) -> str:
    """In a word or two; the plan's own title says more."""
    names = {
        "normal": tr("Normal"),
        "backup": tr("Backup line"),
        "away": tr("Away"),
        "alone": tr("Alone"),
        "dead": tr("Cannot sell"),
        "paper": tr("Paper"),
    }
    return names.get(level, level)


def level_cause(session: Session) -> str:
    """Why the till is at its level, "" when all is well."""
    why = session.status.level_cause
    causes = {
        "backup_line": tr("The main line to the office is down; another one is in use."),
        "fenced": tr("This till may not sell any more: {reason}.", reason=told(session.status.fenced)),
        "storage_failed": tr("The disk of this till takes nothing."),
        "no_printer": tr("The ticket printer has been of no use for some minutes."),
        "no_power": tr("There is no mains: this machine runs on its battery."),
    }
    return causes.get(why) or (cause(session, why) if why else "")
