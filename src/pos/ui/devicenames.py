"""What devices, their settings and the states of paper are called."""

from __future__ import annotations

from pos.ui.i18n import tr

SIGNS = {"ready": "●", "absent": "○", "unknown": "○"}  # anything else asks for somebody: ▲


def device_names() -> dict[str, str]:
    """Short, as in the foot."""
    return {
        "printer.ticket": tr("Tickets"),
        "printer.receipt": tr("Receipts"),
        "printer.sheet": tr("Paper tickets as PDF"),
        "drawer": tr("Drawer"),
        "terminal": tr("Terminal"),
        "scanner": tr("Scanner"),
        "card_reader": tr("Card reader"),
        "customer_display": tr("Customer display"),
        "neighbours": tr("Other tills"),
        "backup": tr("Backup"),
        "copies": tr("Copies"),
    }


def setting_names() -> dict[str, str]:
    """The keys of till.toml that the window lets be changed."""
    return {
        "transport": tr("Address"),
        "profile": tr("Model"),
        "layout": tr("Layout"),
        "via": tr("Hangs on"),
        "protocol": tr("Protocol"),
        "password": tr("Password"),
        "kind": tr("Kind"),
        "open_when": tr("Open when"),
        "left_open_s": tr("Warn after (s)"),
        "kick": tr("Kick bytes (hex)"),
    }


def job_states() -> dict[str, str]:
    """What becomes of a print job, in words."""
    return {
        "queued": tr("waits"),
        "started": tr("printing…"),
        "failed": tr("not printed"),
        "unknown": tr("did it come out?"),
        "done": tr("printed"),
    }
