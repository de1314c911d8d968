"""Every address: pages at the root, the API below api/v1, and a sign of life."""

from django.urls import URLPattern, URLResolver, include, path

from shundan.config.health import health
from shundan.ui.doors import public, require_doors

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", public(health)),
    path("api/v1/", include("shundan.api.urls")),
    path("", include("shundan.web.urls")),
]
# A route that declares no permission is a hole: the application does not start with one.
require_doors(urlpatterns)
