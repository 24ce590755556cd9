"""GET /health: is this web process alive, and does the database answer.

Never asks Redis, a platform, or who is asking.
"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not."""
    ok = database_answers()
    body = {"ok": ok, "database": "answers" if ok else "does not answer"}
    return JsonResponse(body, status=200 if ok else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
