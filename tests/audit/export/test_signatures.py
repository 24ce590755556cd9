"""Ed25519 by hand, in the program of an export: the RFC and a second implementation."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaigns.audit import check_export

# RFC 8032 section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_the_rfc_verify(vector):
    assert check_export.is_signature(*map(bytes.fromhex, vector))


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("part", [0, 2])
def test_a_changed_bit_does_not_verify(vector, part):
    given = [bytearray.fromhex(text) for text in vector]
    given[part][random.randrange(32)] ^= 1 << random.randrange(7)

    assert not check_export.is_signature(*map(bytes, given))


def test_what_another_implementation_signs_verifies():
    key = Ed25519PrivateKey.generate()
    message = random.randbytes(100)

    signature = key.sign(message)

    public = key.public_key().public_bytes_raw()
    assert check_export.is_signature(public, message, signature)
    assert not check_export.is_signature(public, message + b"x", signature)
    assert not check_export.is_signature(public, message, signature[:63])


def test_a_signature_with_a_number_too_large_is_refused():
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    s = int.from_bytes(signature[32:], "little") + check_export.ORDER

    assert not check_export.is_signature(
        public, message, signature[:32] + s.to_bytes(32, "little")
    )
