"""An export read by a second implementation, which shares no line with the desk's.

Paths and the whole tree are folded by the recursive definitions of RFC 9162 sections
2.1.1 and 2.1.3; the signature is opened by `cryptography`, as C2SP's notes are written.
"""

import base64
import hashlib
import io
import json
import zipfile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from campaigns.lifecycle import State
from tests.asked import ask
from tests.factories import CampaignFactory, PersonFactory

pytestmark = pytest.mark.django_db


def leaf(text):
    return hashlib.sha256(b"\x00" + text).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def half(size):
    """The largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def whole(leaves):
    """The root over all leaves."""
    if len(leaves) == 1:
        return leaves[0]
    left = half(len(leaves))
    return node(whole(leaves[:left]), whole(leaves[left:]))


def up(start, place, size, path):
    """The root that a path leads to from the leaf at a place."""
    if size == 1:
        assert not path
        return start
    left = half(size)
    if place < left:
        return node(up(start, place, left, path[:-1]), path[-1])
    return node(path[-1], up(start, place - left, size - left, path[:-1]))


def opened(note, key):
    """Size and root of a signed checkpoint. Raises `InvalidSignature`."""
    name, number, encoded = key.strip().split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    text, signature = note.split("\n\n")
    dash, signed_by, raw = signature.strip().split(" ")
    raw = base64.b64decode(raw)
    assert (dash, signed_by, raw[:4].hex()) == ("—", name, number)
    public.verify(raw[4:], f"{text}\n".encode())
    _, size, root = text.split("\n")[:3]
    return int(size), base64.b64decode(root)


@pytest.fixture
def files(client):
    """Everything that three campaigns went through, as auditors get it."""
    client.force_login(PersonFactory(manager=True))
    for _ in range(3):
        ask(State.CONFIRMED, campaign=CampaignFactory())
    size = client.get("/audit/export").context["asked"].size
    form = {"kind": "zip", "size": size}
    content = b"".join(client.post("/audit/export", form))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checkpoint(files):
    key = files["public-key.txt"].decode()
    return opened(files["checkpoint.txt"].decode(), key)


def proofs(files):
    lines = [files[n] for n in ("proofs.jsonl", "statement-proof.json")]
    told = [json.loads(line) for line in b"".join(lines).splitlines()]
    return [
        (one["position"], [bytes.fromhex(node) for node in one["proof"]])
        for one in told
    ]


def texts(files):
    return (files["entries.jsonl"] + files["statement.json"]).splitlines()


def test_each_entry_leads_to_the_signed_root(files):
    size, root = checkpoint(files)

    roots = {
        up(leaf(text), place, size, path)
        for text, (place, path) in zip(texts(files), proofs(files), strict=True)
    }

    assert roots == {root}


def test_all_entries_together_are_the_signed_tree(files):
    size, root = checkpoint(files)
    leaves = [leaf(text) for text in texts(files)]

    assert len(leaves) == size == len({place for place, _ in proofs(files)})
    assert whole(leaves) == root


def test_another_text_leads_elsewhere(files):
    size, root = checkpoint(files)
    place, path = proofs(files)[0]

    assert up(leaf(texts(files)[0] + b" "), place, size, path) != root


def test_another_checkpoint_is_not_signed(files):
    note = files["checkpoint.txt"].decode()
    size, _ = checkpoint(files)
    forged = note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1)

    with pytest.raises(InvalidSignature):
        opened(forged, files["public-key.txt"].decode())


def test_every_stream_counts_from_one_to_its_last_number(files):
    last = json.loads(files["streams.json"])
    numbers = {name: [] for name in last}
    for line in files["entries.jsonl"].splitlines():
        entry = json.loads(line)
        numbers[entry["stream"]].append(entry["number"])

    assert len(numbers) == 3
    assert numbers == {name: list(range(1, end + 1)) for name, end in last.items()}
