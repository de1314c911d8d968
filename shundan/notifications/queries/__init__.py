"""What can be asked of notices: whose, how many unread, in which words, and what each person wishes."""

from shundan.notifications.models import Notice
from shundan.notifications.queries.choices import Choice, choices_of, wishes_of_unscoped
from shundan.notifications.queries.lists import count_unread, get_notice, list_notices, unread_notices
from shundan.notifications.queries.words import KIND_LABELS, Words, words_of
from shundan.notifications.registries import CHANNELS
from shundan.notifications.rules import IN_APP

__all__ = [
    "CHANNELS",
    "IN_APP",
    "KIND_LABELS",
    "Choice",
    "Notice",
    "Words",
    "choices_of",
    "count_unread",
    "get_notice",
    "list_notices",
    "unread_notices",
    "wishes_of_unscoped",
    "words_of",
]
