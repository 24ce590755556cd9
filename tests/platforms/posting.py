"""A browser for forms: draws them, reads what it would post, posts it back."""

from html.parser import HTMLParser

from django.http import QueryDict

TYPED = {"text", "hidden", "url", "number"}


class Inputs(HTMLParser):
    """Collects (name, value) pairs as a browser would send them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.pairs = []
        self.names = []
        self.select = self.area = None
        self.options = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        getattr(self, f"open_{tag}", lambda attributes: None)(attributes)

    def open_input(self, attributes):
        self.names.append(attributes["name"])
        kind = attributes.get("type", "text")
        if "disabled" in attributes:
            return
        if kind in TYPED:
            value = attributes.get("value", "")
            line = value.replace("\r", "").replace("\n", "")
            self.pairs.append((attributes["name"], line))
        elif "checked" in attributes:
            self.pairs.append((attributes["name"], attributes.get("value", "on")))

    def open_select(self, attributes):
        self.names.append(attributes["name"])
        self.select, self.options = attributes, []

    def open_option(self, attributes):
        self.options.append((attributes["value"], "selected" in attributes))

    def open_textarea(self, attributes):
        self.names.append(attributes["name"])
        self.area, self.text = attributes, ""

    def handle_data(self, text):
        if self.area is not None:
            self.text += text

    def handle_endtag(self, tag):
        if tag == "select":
            chosen = [value for value, selected in self.options if selected]
            chosen = chosen or [value for value, _ in self.options[:1]]
            self._send(self.select, chosen)
        if tag == "textarea":
            lines = self.text.replace("\r\n", "\n").replace("\r", "\n")
            lines = lines.removeprefix("\n").replace("\n", "\r\n")
            self._send(self.area, [lines])
            self.area = None

    def _send(self, attributes, values):
        if "disabled" not in attributes:
            self.pairs += [(attributes["name"], value) for value in values]


def drawn(form, *paths):
    """The inputs of the form, or of some of its fields, read from its HTML."""
    inputs = Inputs()
    inputs.feed("".join(str(form[path]) for path in paths or form.fields))
    inputs.close()
    return inputs


def posted(form, **changed):
    """What a browser posts for this form, with some values typed over."""
    query = QueryDict(mutable=True)
    for name, value in drawn(form).pairs:
        query.appendlist(name, value)
    for name, value in changed.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def sent_again(form_class, document, only=None):
    """The form after it was drawn and posted exactly as it came."""
    shown = form_class(document, only=only)
    return form_class(document, posted(shown), only=only)


def after_typing(form_class, document, typed, only=None):
    """The form after a person typed over some of its inputs."""
    shown = form_class(document, only=only)
    return form_class(document, posted(shown, **typed), only=only)
