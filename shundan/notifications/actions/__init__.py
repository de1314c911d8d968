"""What can be done with notices: tell, read, wish, send out."""

from shundan.notifications.actions.read import read_notice, read_notices, set_notice_choices
from shundan.notifications.actions.send import LINK_SALT, link_of_notice, send_delivery, send_mail
from shundan.notifications.actions.tell import settle_notices, tell_of_event

__all__ = [
    "LINK_SALT",
    "link_of_notice",
    "read_notice",
    "read_notices",
    "send_delivery",
    "send_mail",
    "set_notice_choices",
    "settle_notices",
    "tell_of_event",
]
