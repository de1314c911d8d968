"""Events that carriers push: each in its own format, signed as it documents, to an address that only it knows."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from shundan.fulfilment.actions import PushUnknown, take_push
from shundan.fulfilment.registries import BadSignature
from shundan.kernel.actor import system_actor
from shundan.kernel.sealing import SealBroken
from shundan.ui.doors import PUBLIC

LARGEST = 2 * 1024 * 1024
log = logging.getLogger("shundan.carriers")


def push(request: HttpRequest, push_key: str) -> HttpResponse:
    """Take in what a carrier tells; a message that is not signed by it changes nothing."""
    if request.method != "POST":
        return JsonResponse({"code": "method_not_allowed"}, status=405, headers={"Allow": "POST"})
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return JsonResponse({"code": "too_large"}, status=413)
    try:
        answer = take_push(
            push_key, dict(request.headers), request.body, by=system_actor(timezone.now(), door="carrier")
        )
    except (PushUnknown, SealBroken):
        return JsonResponse({"code": "not_found"}, status=404)
    except BadSignature as error:
        log.warning("a pushed message was not accepted: %s", error)
        return JsonResponse({"code": "bad_signature"}, status=401)
    return JsonResponse(dict(answer))


push.csrf_exempt = True  # type: ignore[attr-defined]
push.permission = PUBLIC  # type: ignore[attr-defined]
