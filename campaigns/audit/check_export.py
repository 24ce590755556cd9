"""Checks an export of Campaign Desk's audit history with Python alone.

    python3 check_export.py EXPORT.zip [--key PUBLIC_KEY]

Proves that every entry is part of the signed history, letter for letter, and says
of which campaigns the export is complete; of a month's archive, that it has no gap.
Give --key the public key that you were told by another way than this file. Exit code
0: all of it holds. Needs Python 3.9.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

# --- Ed25519, RFC 8032: verification only, so it need not run in constant time -----

Point = tuple[int, int, int, int]

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def point_add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_multiply(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        number >>= 1
    return total


def is_same_point(p: Point, q: Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 == (p[1] * q[2] - q[1] * p[2]) % P


def point_read(raw: bytes) -> Point | None:
    """The point of 32 bytes; None where they are none (section 5.1.3)."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of `message` under an Ed25519 key (5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = point_read(public), point_read(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % ORDER
    return is_same_point(point_multiply(s, BASE), point_add(r, point_multiply(h, key)))


# --- the Merkle tree of RFC 9162 ----------------------------------------------------


def join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, position: int, size: int, proof: list[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None if it cannot be one."""
    if not 0 <= position < size:
        return None
    index, last, root = position, size - 1, leaf
    for node in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            root = join(node, root)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = join(root, node)
        index, last = index >> 1, last >> 1
    return root if last == 0 else None


# --- signed notes, C2SP -------------------------------------------------------------


def read_key(text: str) -> tuple[str, bytes, bytes]:
    """Name, key id and key of `<name>+<id>+<base64>`."""
    name, number, encoded = text.strip().split("+", 2)
    raw = base64.b64decode(encoded)
    told = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or told.hex() != number:
        raise ValueError("the public key is not written as a verifier key")
    return name, told, raw[1:]


def read_checkpoint(note: str, key: str) -> tuple[int, bytes] | None:
    """Size and root of a checkpoint that this key has signed; None if it has not."""
    text, _, lines = note.rpartition("\n\n")
    name, number, public = read_key(key)
    for line in lines.splitlines():
        signed_by, signature = line.split(" ")[1:]
        raw = base64.b64decode(signature)
        is_ours = signed_by == name and raw[:4] == number
        if is_ours and is_signature(public, f"{text}\n".encode(), raw[4:]):
            _, size, root = text.split("\n")[:3]
            return int(size), base64.b64decode(root)
    return None


# --- the export ---------------------------------------------------------------------


UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What a changed byte may lead to where text, JSON or an archive is read."""


class Check:
    """What was found; the first complaints are kept."""

    archive: zipfile.ZipFile
    manifest: Any

    def __init__(self, key: str) -> None:
        self.key = key
        self.complaints, self.said = list[str](), list[str]()

    def run(self, export: str) -> None:
        """Check a file; what cannot be read is a complaint like any other."""
        try:
            with zipfile.ZipFile(export) as self.archive:
                self.manifest = json.loads(self.archive.read("manifest.json"))
                self.check_all()
        except UNREADABLE as error:
            words = f"Something in it cannot be read: {type(error).__name__}, {error}."
            self.complaints.append(words)

    def check_all(self) -> None:
        own = self.archive.read("public-key.txt").decode()
        if self.key and self.key.strip() != own.strip():
            self.complaints.append("It is signed with another key than yours.")
        self.check_files()
        found = read_checkpoint(self.archive.read("checkpoint.txt").decode(), own)
        if found is None:
            self.complaints.append("The checkpoint's signature is wrong.")
            return
        self.said.append(f"A checkpoint of {found[0]} entries is signed.")
        numbers = self.check_entries(*found)
        self.check_statement(*found)
        self.check_streams(numbers)

    def check_files(self) -> None:
        for name, wanted in self.manifest["sha256"].items():
            digest = hashlib.sha256()
            with self.archive.open(name) as file:
                for piece in iter(lambda: file.read(1 << 20), b""):
                    digest.update(piece)
            if digest.hexdigest() != wanted:
                self.complaints.append(f"{name} is not what the manifest names.")

    def lines(self, name: str) -> Iterator[bytes]:
        with self.archive.open(name) as file:
            for line in io.BufferedReader(file, 1 << 20):  # type: ignore[type-var]  # a zip member reads like a raw file
                yield line.rstrip(b"\n")

    def check_entries(self, size: int, root: bytes) -> dict[str, set[int]]:
        """Every entry leads to the root. Returns the numbers found by stream."""
        numbers: dict[str, set[int]] = {}
        positions, is_range = list[int](), "first" in self.manifest
        count = 0
        proofs = self.lines("proofs.jsonl")
        for line in self.lines("entries.jsonl"):
            count += 1
            told = json.loads(next(proofs, b"{}"))
            if not self.is_proven(line, told, size, root):
                self.complaints.append(f"Line {count} of entries.jsonl is not proven.")
                continue
            if is_range:
                positions.append(told["position"])
            entry = json.loads(line)
            numbers.setdefault(entry["stream"], set()).add(entry["number"])
        if next(proofs, None) is not None or count != self.manifest["entries"]:
            self.complaints.append(
                "The export does not hold as many entries as it says."
            )
        self.said.append(f"{count} entries are part of it, letter for letter.")
        self.check_range(positions)
        return numbers

    def check_range(self, positions: list[int]) -> None:
        """A month is everything between two positions: none may be missing."""
        if "first" not in self.manifest:
            return
        first, end = self.manifest["first"], self.manifest["end"]
        if positions != list(range(first, end)):
            self.complaints.append(
                f"It does not hold every position from {first} to {end - 1}, in order."
            )
        self.said.append(f"Positions {first} to {end - 1}, none left out.")

    def is_proven(self, line: bytes, told: Any, size: int, root: bytes) -> bool:
        try:
            leaf = hashlib.sha256(b"\x00" + line).digest()
            path = [bytes.fromhex(node) for node in told["proof"]]
            return root_of(leaf, told["position"], size, path) == root
        except (KeyError, TypeError, ValueError):
            return False

    def check_statement(self, size: int, root: bytes) -> None:
        """What the desk said about this export when it began is itself sealed."""
        line = self.archive.read("statement.json").rstrip(b"\n")
        told = json.loads(self.archive.read("statement-proof.json"))
        if not self.is_proven(line, told, size, root):
            self.complaints.append("The statement about this export is not proven.")
        facts = json.loads(line)["facts"]
        streams = hashlib.sha256(self.archive.read("streams.json")).hexdigest()
        counts = {self.manifest["entries"], self.manifest["entries_said_before"]}
        if counts != {facts["entries"]}:
            self.complaints.append("The statement tells of another number of entries.")
        if facts["streams_sha256"] != streams:
            self.complaints.append("The statement tells of other streams.")
        sealed = (facts["asked"], json.loads(line)["at"], size, root.hex())
        told = tuple(self.manifest[name] for name in ("asked", "made", "size", "root"))
        if told != sealed:
            self.complaints.append("The manifest tells of another export.")
        self.check_extent(facts)

    def check_extent(self, facts: Any) -> None:
        """From where to where it goes, and what is left out, is sealed as well."""
        for name in ("first", "end", "left_out", "looks_back_to"):
            if self.manifest.get(name) != facts.get(name):
                self.complaints.append(f"The manifest is wrong about {name}.")
        for month, gone in sorted((facts.get("left_out") or {}).items()):
            words = f"Not in this file: {gone} that fit, whose texts lie in the archive"
            self.said.append(f"{words} of {month}.")
        if facts.get("looks_back_to"):
            words = "Words, fields and values were looked for back to"
            self.said.append(f"{words} {facts['looks_back_to']}; archives have more.")

    def check_streams(self, numbers: dict[str, set[int]]) -> None:
        """A stream is complete when every number up to its last one is here."""
        totals = json.loads(self.archive.read("streams.json"))
        if set(self.manifest["streams"]) != set(totals):
            self.complaints.append("The manifest tells of other streams.")
        if set(numbers) - set(totals):
            self.complaints.append(
                "There are entries of streams that streams.json leaves out."
            )
        for stream, total in sorted(totals.items()):
            there = numbers.get(stream, set())
            is_complete = there == set(range(1, total + 1))
            found = {"entries": len(there), "last_number": total}
            told = self.manifest["streams"].get(stream, {})
            if told.get("complete", False) and not is_complete:
                self.complaints.append(f"{stream} is not complete, and should be.")
            elif told != {**found, "complete": is_complete}:
                self.complaints.append(f"The manifest is wrong about {stream}.")
            words = "complete" if is_complete else "in part"
            self.said.append(f"{stream}: {len(there)} of {total} entries, {words}.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("export")
    parser.add_argument("--key", default="", help="the public key you were told")
    given = parser.parse_args(arguments)
    check = Check(given.key)
    check.run(given.export)
    for words in [*check.said, *check.complaints[:20]]:
        sys.stdout.write(words + "\n")
    verdict = "This does NOT hold." if check.complaints else "All of it holds."
    sys.stdout.write(verdict + "\n")
    if not given.key:
        sys.stdout.write("Compare public-key.txt with the key you were told.\n")
    return 1 if check.complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
