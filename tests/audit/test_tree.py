"""The tree against the definitions of RFC 9162 section 2.1 and published vectors."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.audit import tree
from campaigns.audit.tree import Edge

# The eight inputs and roots that Certificate Transparency implementations share.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.integers(min_value=1, max_value=1200)


def leaf(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def leaves(size):
    return [leaf(str(number).encode()) for number in range(size)]


def root(given):
    """MTH of section 2.1.1, word for word, over leaves already hashed."""
    if not given:
        return hashlib.sha256(b"").digest()
    if len(given) == 1:
        return given[0]
    cut = 1
    while cut * 2 < len(given):
        cut *= 2
    return tree.join(root(given[:cut]), root(given[cut:]))


def subtree_of(given):
    return lambda level, index: root(given[index << level : (index + 1) << level])


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Edge().root().hex() == hashlib.sha256().hexdigest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots_come_out(size):
    edge = Edge()

    edge.extend(leaf(entry) for entry in INPUTS[:size])

    assert edge.root().hex() == ROOTS[size - 1]


def test_a_published_inclusion_proof_comes_out():
    given = [leaf(entry) for entry in INPUTS]

    proof = tree.inclusion_proof(5, 8, subtree_of(given))

    assert [node.hex() for node in proof] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@settings(deadline=None)
@given(sizes, sizes)
def test_growing_in_steps_gives_the_root_of_the_definition(first, more):
    edge = Edge()
    given = leaves(first + more)

    edge.extend(given[:first])
    again = Edge.read(edge.size, edge.written())
    again.extend(given[first:])

    assert again.root() == root(given)


@settings(deadline=None)
@given(sizes)
def test_kept_nodes_are_the_full_subtrees(size):
    given = leaves(size)

    kept = Edge().extend(given)

    assert [(n.level, n.index) for n in kept] == [(8, i) for i in range(size >> 8)]
    assert all(n.hash == subtree_of(given)(n.level, n.index) for n in kept)


@settings(deadline=None)
@given(st.data(), sizes)
def test_every_leaf_is_proven_to_the_root(data, size):
    given = leaves(size)
    position = data.draw(st.integers(0, size - 1))

    proof = tree.inclusion_proof(position, size, subtree_of(given))

    found = tree.root_of_inclusion(given[position], position, size, proof)
    assert found == root(given)


@settings(deadline=None)
@given(st.data(), sizes)
def test_a_proof_fits_no_other_leaf_position_or_path(data, size):
    given = leaves(size + 1)
    position = data.draw(st.integers(0, size))
    other = data.draw(st.integers(0, size).filter(lambda n: n != position))
    proof = tree.inclusion_proof(position, size + 1, subtree_of(given))
    whole = root(given)

    def leads(leaf, at, path):
        return tree.root_of_inclusion(leaf, at, size + 1, path) == whole

    assert not leads(given[other], position, proof)
    assert not leads(given[position], other, proof)
    assert not leads(given[position], position, proof[:-1])
    assert not leads(given[position], position, [*proof, whole])


@pytest.mark.parametrize("text", ["", "00", "zz" * 32])
def test_an_edge_of_another_size_is_refused(text):
    with pytest.raises(ValueError, match=r"edge|hex"):
        Edge.read(1, text)
