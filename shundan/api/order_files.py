"""Files that orders' attributes hold: uploaded first, then named in `attributes` by their id."""

import base64
import binascii
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from shundan.api.auth import actor
from shundan.api.errors import SENTENCES
from shundan.api.fields import Answer, Code, Given, Moment, Words, moment
from shundan.api.routes import Routes
from shundan.kernel.errors import Detail, Malformed
from shundan.orders.actions import upload_order_file
from shundan.orders.queries import get_order_file

routes = Routes("order files")
LONGEST = 14_000_000


class FileGiven(Given):
    """A file: its name and its content in Base64, at most 10 MB."""

    name: Words
    content: Annotated[str, Field(max_length=LONGEST, json_schema_extra={"contentEncoding": "base64"})]


class File(Answer):
    """A file without its content."""

    id: str
    name: str
    size: int
    uploaded_by: str
    uploaded_at: Moment


class FileWithContent(File):
    """A file with its content in Base64."""

    content: str


@routes.post("/order-files", permission="order.create", answer=File)
def upload(request: HttpRequest, given: FileGiven) -> File:
    """Upload a file; an order then names its id as the value of a file attribute."""
    try:
        content = base64.b64decode(given.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(details=[Detail("content", "invalid", SENTENCES["invalid"])]) from error
    made = upload_order_file(given.name, content, by=actor(request))
    return File(
        id=made.key,
        name=made.name,
        size=made.size,
        uploaded_by=made.uploaded_by_name,
        uploaded_at=moment(made.uploaded_at),
    )


@routes.get("/order-files/{key}", permission="order.read", answer=FileWithContent)
def show(request: HttpRequest, key: Code) -> FileWithContent:
    """Show a file of an order that you may see, with its content."""
    found = get_order_file(key, by=actor(request))
    return FileWithContent(
        id=found.key,
        name=found.name,
        size=found.size,
        uploaded_by=found.uploaded_by_name,
        uploaded_at=moment(found.uploaded_at),
        content=base64.b64encode(bytes(found.content)).decode(),
    )
