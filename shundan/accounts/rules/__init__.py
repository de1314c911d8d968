"""Who may do what, and how people sign in."""

from shundan.accounts.rules.labels import PERMISSION_LABELS, permission_label
from shundan.accounts.rules.policy import BASIC, BUYING, LEADERS, PERMISSIONS, POLICY, ROLES, SCOPES, SELLING
from shundan.accounts.rules.scopes import ScopePart, grants_of, may_grant, parts_of, wider
from shundan.accounts.rules.sign_in import LOCK_AFTER_FAILURES, LOCK_MINUTES, SHORTEST_PASSWORD, TOKEN_DAYS

__all__ = [
    "BASIC",
    "BUYING",
    "LEADERS",
    "LOCK_AFTER_FAILURES",
    "LOCK_MINUTES",
    "PERMISSIONS",
    "PERMISSION_LABELS",
    "POLICY",
    "ROLES",
    "SCOPES",
    "SELLING",
    "SHORTEST_PASSWORD",
    "TOKEN_DAYS",
    "ScopePart",
    "grants_of",
    "may_grant",
    "parts_of",
    "permission_label",
    "wider",
]
