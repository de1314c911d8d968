"""Files of orders' attributes: uploaded from a form, downloaded by who may see the order."""

import io

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shundan.kernel.actor import Actor
from shundan.kernel.errors import Detail, Malformed, Refused
from shundan.orders.actions import upload_order_file
from shundan.orders.queries import get_order_file
from shundan.ui.doors import page, request_id


@page("order.create", methods=("POST",))
def upload(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Keep a file for an attribute; the answer is what the form's field keeps of it."""
    given = request.FILES.get("file")
    try:
        if given is None:
            raise Malformed(
                details=[Detail("file", "required", _("Choose a file of at most 10 MB that is not empty."))]
            )
        made = upload_order_file(str(given.name), given.read(), by=by)
    except Refused as refusal:
        return JsonResponse(refusal.as_json() | {"request_id": request_id(request)}, status=refusal.status)
    return JsonResponse({"value": made.value, "name": made.name})


@page("order.read")
def download(request: HttpRequest, key: str, *, by: Actor) -> HttpResponseBase:
    """Give out a file, never to be shown in our own pages: whatever it holds, it runs nowhere."""
    found = get_order_file(key, by=by)
    answer = FileResponse(
        io.BytesIO(bytes(found.content)),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
