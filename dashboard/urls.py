"""Every address of the site."""

from django.urls import URLPattern, URLResolver, include, path

from dashboard import health
from dashboard.accounts import routes, second_factor

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health, name="health"),
    path("status", health.health_page, name="health_page"),
    path("account/", include("allauth.urls")),
    path("", include("campaigns.urls")),
]

second_factor.listen()
second_factor.together(
    pattern for name, pattern in routes.patterns(urlpatterns) if name.startswith("mfa_")
)

handler429 = "dashboard.accounts.limits.too_many_requests"
handler500 = "dashboard.trouble.server_error"
