"""One campaign and the edits wanted on it: what rules between fields look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from campaigns import documents
from campaigns.diff import EMPTY
from campaigns.documents import Document
from campaigns.fields import PlatformField


@dataclass(frozen=True, slots=True)
class Sheet:
    """`wanted` holds canonical text by path, only where it differs from `document`."""

    document: Document
    fields: Mapping[str, PlatformField]
    wanted: Mapping[str, str]

    def seen(self, path: str) -> str | None:
        """Canonical text now; None when it is not reported."""
        return self.fields[path].read(self.document)

    def then(self, path: str) -> str | None:
        """Canonical text after the edit; None when it stays unknown."""
        return self.wanted.get(path, self.seen(path))

    def value(self, path: str) -> Any:
        """The value after the edit; None when it is empty or unknown."""
        text = self.then(path)
        return None if text is None else self.fields[path].parse(text)

    def holds(self, path: str) -> bool:
        """Is there surely a value after the edit?"""
        return self.then(path) not in (None, EMPTY)

    def touched(self, *paths: str) -> list[str]:
        """Those of the paths that are edited."""
        return [path for path in paths if path in self.wanted]

    def after(self) -> Document:
        """The document as it would be: for words only, never for a body."""
        document = self.document
        for path, text in self.wanted.items():
            document = documents.put(document, path, self.fields[path].parse(text))
        return document

    def also(self, more: Mapping[str, str]) -> "Sheet":
        """The same sheet with values added; the person's own stay."""
        return replace(self, wanted={**more, **self.wanted})
