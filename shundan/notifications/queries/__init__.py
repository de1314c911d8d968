"""What can be asked of notices: whose, how many unread, in which words, and what each person wishes."""

from shundan.notifications.queries.choices import Choice, choices_of, wishes_of_unscoped
from shundan.notifications.queries.lists import count_unread, get_notice, list_notices
from shundan.notifications.queries.words import Words, words_of

__all__ = [
    "Choice",
    "Words",
    "choices_of",
    "count_unread",
    "get_notice",
    "list_notices",
    "wishes_of_unscoped",
    "words_of",
]
