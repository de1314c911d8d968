"""What every request passes: who asks, and which browser rules the answer carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

SOURCES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
UNUSED_FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
POLICIES = {
    "Content-Security-Policy": "; ".join(f"{use} {origin}" for use, origin in SOURCES.items()),
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Resource-Policy": "same-origin",
}


class ContentSecurityMiddleware:
    """Tell the browser to run and show nothing but our own files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policies, except where a view set its own."""
        response = self.get_response(request)
        for name, value in POLICIES.items():
            response.headers.setdefault(name, value)
        return response
