"""Takes the audit log away as a file: exactly what the filters show."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from campaigns.audit import export, export_csv, export_zip
from campaigns.audit.export import NothingSealed, Survey
from campaigns.models import Channel
from campaigns.queries import every
from campaigns.views import keys
from campaigns.views.asking import Asking
from campaigns.views.audit_filters import AuditFilters

WRITERS = {
    "csv": (export_csv.write, "text/csv; charset=utf-8"),
    "zip": (export_zip.write, "application/zip"),
}
KINDS = [
    ("csv", "CSV for people", "Opens in a spreadsheet; position and leaf of each."),
    (
        "zip",
        "Zip for auditors",
        "The exact entries, a proof for each, and a program that checks them.",
    ),
]


@require_http_methods(["GET", "POST"])
def audit_export(request: Asking) -> HttpResponseBase:
    """Say how many entries an export holds, then send it as it is written."""
    form = AuditFilters(request.GET, request.user)
    back = f"{reverse('audit_list')}{form.query(without='jump')}"
    if not form.is_valid():
        return redirect(back)
    try:
        asked = _survey(request, form)
        if request.method == "POST":
            return _send(request, asked)
    except NothingSealed as error:
        messages.error(request, str(error))
        return redirect(back)
    return _ask(request, asked, back)


def _survey(request: Asking, form: AuditFilters) -> Survey:
    wanted, size = form.asked(), request.POST.get("size", "")
    return export.survey(
        every.pages_of(request.user, wanted),
        _words(form),
        size=keys.read(size) or 0,
        rows=every.countable(request.user, wanted),
        by_texts=wanted.asks_texts,
    )


def _ask(request: HttpRequest, asked: Survey, back: str) -> HttpResponse:
    complete = sum(1 for last in asked.streams.values() if last)
    context = {"asked": asked, "kinds": KINDS, "back": back, "streams": complete}
    return render(request, "campaigns/audit_export.html", context)


def _send(request: Asking, asked: Survey) -> HttpResponseBase:
    kind = request.POST.get("kind", "")
    if kind not in WRITERS:
        return HttpResponse("Choose CSV or zip.", status=422)
    begun = export.begin(asked, kind, request.user, Channel.SCREEN)
    write, content_type = WRITERS[kind]
    named = f'attachment; filename="{begun.file_name}"'
    return StreamingHttpResponse(
        write(begun),
        content_type=content_type,
        headers={"Content-Disposition": named},
    )


def _words(form: AuditFilters) -> str:
    chosen = [chip for chip in form.chips() if chip.label != form["jump"].label]
    told = [f"{chip.label}: {chip.words}" for chip in chosen]
    return "; ".join(told) or "everything"
