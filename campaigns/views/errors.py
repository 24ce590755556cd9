"""Says what a verb refuses: beside its field, or on a page that leads back."""

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def land(form: Form, error: ValidationError) -> None:
    """Add the messages of a refusal to the form; what has no field goes to its head."""
    by_field = error.message_dict if hasattr(error, "error_dict") else None
    for field, messages in (by_field or {"": error.messages}).items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def refuse(request: HttpRequest, error: ValidationError, back: str) -> HttpResponse:
    """Answer 422 with the reason and the way back, where a form has no own page.

    What was typed is still there when the browser goes back.
    """
    context = {"messages_of": error.messages, "back": back}
    return render(request, "campaigns/refused.html", context, status=422)
