"""Who may do what: roles and the rights they carry. Pure; knows no page."""

from enum import StrEnum


class Right(StrEnum):
    """One kind of act that a page or command asks for."""

    PUBLIC = "public"
    VIEW = "view"
    EDIT = "edit"
    AUDIT = "audit"
    HOLD = "hold"
    CONNECT = "connect"
    PEOPLE = "people"


class Role(StrEnum):
    """What a person is here for. One person may have several."""

    MARKETER = "marketer"
    MANAGER = "manager"
    ADMIN = "admin"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MARKETER: frozenset({Right.VIEW, Right.EDIT}),
    Role.MANAGER: frozenset({Right.VIEW, Right.EDIT, Right.AUDIT, Right.HOLD}),
    Role.ADMIN: frozenset({Right.VIEW, Right.AUDIT, Right.CONNECT, Right.PEOPLE}),
}

WORDS: dict[Role, str] = {
    Role.MARKETER: "edits campaigns and sends changes",
    Role.MANAGER: "also reads the audit log and holds connections",
    Role.ADMIN: "connects platforms and manages people; sends nothing",
}
