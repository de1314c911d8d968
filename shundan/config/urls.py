"""Every address: pages at the root, the API below api/v1, and a sign of life."""

from django.urls import include, path

from shundan.config.health import health

urlpatterns = [
    path("healthz", health),
    path("api/v1/", include("shundan.api.urls")),
    path("", include("shundan.web.urls")),
]
