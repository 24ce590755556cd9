"""Puts what a verb refuses beside the field of the form that it concerns."""

from django.core.exceptions import ValidationError
from django.forms import Form


def land(form: Form, error: ValidationError) -> None:
    """Add the messages of a refusal to the form; what has no field goes to its head."""
    by_field = error.message_dict if hasattr(error, "error_dict") else None
    for field, messages in (by_field or {"": error.messages}).items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)
