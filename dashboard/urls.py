"""Every address of the site."""

from django.urls import include, path

from dashboard import health

urlpatterns = [
    path("health", health.health, name="health"),
    path("status", health.health_page, name="health_page"),
    path("account/", include("allauth.urls")),
    path("", include("campaigns.urls")),
]

handler429 = "dashboard.accounts.limits.too_many_requests"
