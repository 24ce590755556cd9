"""Signed notes: the published example opens, and nothing else does."""

import pytest

from campaigns.audit import notes
from campaigns.audit.notes import Checkpoint, PrivateKey, PublicKey, Unreadable

# The example of the signed-note specification.
NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Y"
    "u72IneyaQM=\n"
)
KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
ROOT = bytes(range(32))


def test_the_published_example_opens():
    assert notes.is_signed(NOTE, PublicKey.read(KEY))


@pytest.mark.parametrize(
    "changed",
    [NOTE.replace("message", "massage"), NOTE.replace("Iney", "Inez"), "", "\n\n"],
)
def test_a_changed_note_does_not_open(changed):
    assert not notes.is_signed(changed, PublicKey.read(KEY))


def test_another_key_does_not_open_it():
    other = PrivateKey.make("example.com/foo").public

    assert not notes.is_signed(NOTE, other)


def test_a_checkpoint_reads_back_and_each_key_opens_it():
    first, second = PrivateKey.make("desk/audit"), PrivateKey.make("desk/audit")
    said = Checkpoint("desk/audit", 42, ROOT)

    note = notes.sign(said, first, second)

    assert Checkpoint.read(note) == said
    assert notes.is_signed(note, first.public)
    assert notes.is_signed(note, second.public)


def test_keys_read_back():
    key = PrivateKey.make("desk/audit")

    assert PrivateKey.read(key.written()) == key
    assert PublicKey.read(key.public.text) == key.public


@pytest.mark.parametrize("text", ["", "x", "PRIVATE+KEY+a+b+c", KEY, "a+b+" + "A" * 44])
def test_what_is_no_private_key_is_refused_untold(text):
    with pytest.raises(Unreadable) as refusal:
        PrivateKey.read(text)

    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "a\n-1\nb\n", "a\n1\nAA==\n", "a\n1\n%\n"])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(Unreadable):
        Checkpoint.read(text)


def test_checkpoints_are_found_among_other_lines():
    key = PrivateKey.make("desk/audit")
    kept = [notes.sign(Checkpoint("desk/audit", n, ROOT), key) for n in (1, 2)]

    text = f"Dear manager,\n\n{kept[0]}\nand later\n\n{kept[1]}\n-- \n"

    assert notes.find(text.replace("\n", "\r\n")) == kept
