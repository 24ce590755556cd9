"""Every address of the site."""

from importlib.util import find_spec

from django.urls import include, path

from dashboard import health

urlpatterns = [
    path("health", health.health, name="health"),
    path("account/", include("allauth.urls")),
]

if find_spec("campaigns.urls"):
    urlpatterns.append(path("", include("campaigns.urls")))
