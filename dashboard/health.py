"""GET /health for machines: is this web process alive, does the database answer.
The page /status for people: what the doctor finds.

Neither asks a platform; /health asks neither Redis nor who is asking.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.models import Connection
from campaigns.views.campaign import person
from dashboard import doctor


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not."""
    ok = database_answers()
    body = {"ok": ok, "database": "answers" if ok else "does not answer"}
    return JsonResponse(body, status=200 if ok else 503)


@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """What is well, what is stuck and why: the same as `manage.py doctor` says.

    Of connections that this person may not see, only how it stands.
    """
    mine = Connection.objects.visible_to(person(request))
    seen = set(mine.values_list("pk", flat=True))
    findings = [finding.for_who_sees(seen) for finding in doctor.examine()]
    context = {
        "findings": findings,
        "is_well": doctor.is_well(findings),
        "wrong": sum(finding.level == doctor.Level.WRONG for finding in findings),
    }
    return render(request, "dashboard/health_page.html", context)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
