"""Messages of payment gateways: each in its own format, signed as it documents, to an address that only it knows."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from shundan.kernel.errors import Refused
from shundan.settlement.actions import NoticeUnknown, take_gateway_notice
from shundan.settlement.registries import BadNotice
from shundan.ui.doors import PUBLIC

LARGEST = 256 * 1024
log = logging.getLogger("shundan.gateways")


def push(request: HttpRequest, push_key: str) -> HttpResponse:
    """Take in what a gateway tells; a message that it did not sign changes nothing, the same one again neither."""
    if request.method != "POST":
        return JsonResponse({"code": "method_not_allowed"}, status=405, headers={"Allow": "POST"})
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"code": "too_large"}, status=413)
    try:
        said, kind = take_gateway_notice(push_key, dict(request.headers), request.body, at=timezone.now())
    except NoticeUnknown:
        return JsonResponse({"code": "not_found"}, status=404)
    except BadNotice as error:
        log.warning("a gateway's message was not accepted: %s", error)
        return JsonResponse({"code": "bad_signature"}, status=401)
    except Refused as refusal:
        # It is sent again later, and may be booked then.
        log.warning("a gateway's message could not be booked: %s", refusal.code)
        return JsonResponse({"code": refusal.code}, status=503)
    return HttpResponse(said, content_type=kind)


push.csrf_exempt = True  # type: ignore[attr-defined]
push.permission = PUBLIC  # type: ignore[attr-defined]
