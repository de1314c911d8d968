"""Files of attributes: uploaded first, then named by an order."""

import re
import secrets

from django.utils.translation import gettext_lazy as _

from shundan.kernel.actor import Actor
from shundan.kernel.db import action
from shundan.kernel.errors import Detail, Malformed, require
from shundan.orders.models import OrderFile

LARGEST_FILE = 10 * 1024 * 1024
LONGEST_NAME = 150
_UNKEPT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069/\\\\:]")


@action
def upload_order_file(name: str, content: bytes, *, by: Actor) -> OrderFile:
    """Keep a file until an order names it. Raises: NotPermitted, Malformed (empty or larger than 10 MB)."""
    require(by, "order.create")
    if not 0 < len(content) <= LARGEST_FILE:
        sentence = _("Choose a file of at most 10 MB that is not empty.")
        raise Malformed(details=[Detail("file", "out_of_range", sentence)])
    clean = _UNKEPT.sub("", name).strip()[-LONGEST_NAME:] or "file"
    return OrderFile.objects.create(
        key=secrets.token_urlsafe(16),
        name=clean,
        content=content,
        size=len(content),
        uploaded_by_id=by.id,
        uploaded_by_name=by.name,
        uploaded_at=by.at,
    )
