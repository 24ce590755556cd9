from concurrent.futures import ThreadPoolExecutor
from itertools import count

from dashboard import keys


def test_a_key_is_made_once_and_read_ever_after(tmp_path):
    numbers = map(str, count())

    made = keys.read_or_make(tmp_path / "keys" / "key", lambda: next(numbers))
    read = keys.read_or_make(tmp_path / "keys" / "key", lambda: next(numbers))

    assert made == read == "0"


def test_only_we_may_read_it(tmp_path):
    keys.read_or_make(tmp_path / "keys" / "key", lambda: "secret")

    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys" / "key").stat().st_mode & 0o077 == 0


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    path, numbers = tmp_path / "key", map(str, count())

    with ThreadPoolExecutor(8) as pool:
        read = [
            pool.submit(keys.read_or_make, path, lambda: next(numbers))
            for _ in range(50)
        ]

    assert len({future.result() for future in read}) == 1
    assert list(tmp_path.iterdir()) == [path]
