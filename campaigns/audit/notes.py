"""Signed notes and checkpoints as C2SP signed-note and tlog-checkpoint write them.

Pure: text in, text out. Third-party tools for transparency logs read the same text.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ED25519 = b"\x01"
_SIGNATURE = re.compile(r"\u2014 (\S+) (\S+)")
_CHECKPOINT = re.compile(
    r"^[^\n]+\n(?:0|[1-9]\d{0,18})\n[A-Za-z0-9+/]{43}=\n\n(?:\u2014 \S+ \S+\n)+", re.M
)


class Unreadable(ValueError):
    """The text is no key, note or checkpoint."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who signs, and what opens the signature; `text` is a verifier key."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, kind and key."""
        told = self.name.encode() + b"\n" + ED25519 + self.raw
        return hashlib.sha256(told).digest()[:4]

    @property
    def text(self) -> str:
        """`<name>+<id in hex>+<kind and key in base64>`."""
        return f"{self.name}+{self.id.hex()}+{_encode(ED25519 + self.raw)}"

    @classmethod
    def read(cls, text: str) -> "PublicKey":
        """Raises `Unreadable`."""
        name, _, rest = text.strip().partition("+")
        number, _, encoded = rest.partition("+")
        key = cls(name, _decode(encoded)[1:])
        if key.text != text.strip() or len(key.raw) != 32:
            raise Unreadable("This is not the public key of a signed note.")
        return key


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key that signs. Its text must never reach a log, a message or a page."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        """What opens the signatures of this key."""
        return PublicKey(self.name, self._key().public_key().public_bytes_raw())

    def written(self) -> str:
        """`PRIVATE+KEY+<name>+<id in hex>+<kind and seed in base64>`."""
        seed = _encode(ED25519 + self.seed)
        return f"PRIVATE+KEY+{self.name}+{self.public.id.hex()}+{seed}"

    def sign(self, text: str) -> str:
        """One signature line for a note's text."""
        signature = self._key().sign(text.encode())
        return f"\u2014 {self.name} {_encode(self.public.id + signature)}\n"

    @classmethod
    def make(cls, name: str) -> "PrivateKey":
        """A new key under a name without blanks and plus signs."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> "PrivateKey":
        """Raises `Unreadable`, which never tells the text."""
        parts = text.strip().split("+", 4)
        seed = _decode(parts[-1])[1:] if len(parts) == 5 else b""
        if len(seed) != 32 or cls(parts[2], seed).written() != text.strip():
            raise Unreadable("This is not the private key of a signed note.")
        return cls(parts[2], seed)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint says: whose log, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"

    @classmethod
    def read(cls, note: str) -> "Checkpoint":
        """What a note says, signed by whomever. Raises `Unreadable`."""
        lines = note.split("\n\n", 1)[0].split("\n")
        if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdecimal():
            raise Unreadable("This is not a checkpoint.")
        said = cls(lines[0], int(lines[1]), _decode(lines[2]))
        if len(said.root) != 32 or not note.startswith(said.text):
            raise Unreadable("This is not a checkpoint.")
        return said


def sign(checkpoint: Checkpoint, *keys: PrivateKey) -> str:
    """The note: the text, an empty line, one signature a key."""
    text = checkpoint.text
    return f"{text}\n{''.join(key.sign(text) for key in keys)}"


def is_signed(note: str, key: PublicKey) -> bool:
    """Whether the note carries a good signature of this key."""
    text, _, signatures = note.rpartition("\n\n")
    for name, encoded in _SIGNATURE.findall(signatures):
        try:
            signature = _decode(encoded)
        except Unreadable:
            continue
        if name == key.name and signature[:4] == key.id:
            return _opens(key, signature[4:], f"{text}\n")
    return False


def find(text: str) -> list[str]:
    """The checkpoints in a text that may hold other lines: a file, a mail."""
    plain = text.replace("\r\n", "\n")
    return [match.group() for match in _CHECKPOINT.finditer(plain)]


def _opens(key: PublicKey, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("This is not base64.") from error
