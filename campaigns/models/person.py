"""People: who signs in, what they may do, which connections they see."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from campaigns.rights import RIGHTS, Right, Role


class People(BaseUserManager["Person"]):
    """Makes people, who are known by their e-mail address."""

    def create_user(
        self, email: str, password: str | None = None, **extra: Any
    ) -> "Person":
        """A person with a hashed password; `email` in lower case."""
        person = self.model(email=email.strip().lower(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(
        self, email: str, password: str | None = None, **extra: Any
    ) -> "Person":
        """The first admin of an installation."""
        return self.create_user(email, password, is_admin=True, **extra)


class Person(AbstractBaseUser):
    """Somebody who signs in. History names people by number, never by name."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=150)
    is_marketer = models.BooleanField(default=False)
    is_manager = models.BooleanField(default=False)
    is_admin = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    timezone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = People()

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def roles(self) -> list[Role]:
        """The roles this person has, in order of reach."""
        held = {
            Role.MARKETER: self.is_marketer,
            Role.MANAGER: self.is_manager,
            Role.ADMIN: self.is_admin,
        }
        return [role for role, has in held.items() if has]

    def may(self, right: Right) -> bool:
        """Whether this person may do acts of this kind."""
        if right == Right.PUBLIC:
            return True
        if not self.is_active:
            return False
        return any(right in RIGHTS[role] for role in self.roles)

    @property
    def initials(self) -> str:
        """Two letters for the round sign beside the name."""
        words = str(self).split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()
