"""What people are at a till, in words."""

from __future__ import annotations

from pos.ui.i18n import tr


def role_name(role: str) -> str:
    """A role that this window does not know is called as it is in the season."""
    names = {
        "cashier": tr("cashier"),
        "supervisor": tr("supervisor"),
        "auditor": tr("auditor"),
        "admin": tr("admin"),
    }
    return names.get(role, role)
