"""Key files: private, never overwritten, and every mistake has a sentence that says what to do."""

from __future__ import annotations

import hmac
import os
import re
import stat
from pathlib import Path

import pytest

from storage.database import BadKey, KeyMissing, KeyReadableByOthers
from storage.keys import Key, read_key, write_key_file
from tests.integration.storage_kit import KEY, OTHER_KEY


def test_a_written_key_is_read_back_and_private(tmp_path: Path) -> None:
    """The file is 0600 whatever the umask, and gives the same key."""
    file = tmp_path / "e.key"
    before = os.umask(0)
    try:
        write_key_file(file, KEY)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key(None, file) == KEY


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    """The one key that opens a database must not be lost to a second setup."""
    file = tmp_path / "e.key"
    write_key_file(file, KEY)
    with pytest.raises(FileExistsError):
        write_key_file(file, OTHER_KEY)
    assert read_key(None, file) == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601, 0o644])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    """The sentence names the file and the command that helps."""
    file = tmp_path / "e.key"
    write_key_file(file, KEY)
    file.chmod(mode)
    with pytest.raises(KeyReadableByOthers, match="chmod 600"):
        read_key(None, file)


def test_a_private_read_only_key_is_fine(tmp_path: Path) -> None:
    """0400 is stricter than what we write."""
    file = tmp_path / "e.key"
    write_key_file(file, KEY)
    file.chmod(0o400)
    assert read_key(None, file) == KEY


def test_words_in_a_file_are_a_key(tmp_path: Path) -> None:
    """The recovery sheet can be typed into the key file as it is."""
    file = tmp_path / "e.key"
    file.write_text(KEY.words().replace(" ", "\n"))
    file.chmod(0o600)
    assert read_key(None, file) == KEY


def test_the_value_of_a_setting_is_a_key() -> None:
    """EFTERTANKE_KEY holds the hexadecimal digits or the words."""
    assert read_key(KEY.hex(), None) == KEY
    assert read_key(KEY.words(), None) == KEY


def test_no_key_at_all_says_how_to_get_one(tmp_path: Path) -> None:
    """Neither set, an empty value, or a file that is not there: setup is named."""
    for value, file in ((None, None), ("", None), (None, tmp_path / "none.key")):
        with pytest.raises(KeyMissing, match="setup"):
            read_key(value, file)


def test_a_folder_in_place_of_the_key_file_is_a_clear_error(tmp_path: Path) -> None:
    """A wrong path does not end in a traceback."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    with pytest.raises(KeyMissing, match="cannot be read"):
        read_key(None, folder)


def test_two_keys_at_once_are_refused(tmp_path: Path) -> None:
    """Guessing which one was meant could open the wrong database."""
    with pytest.raises(BadKey, match="only one"):
        read_key(KEY.hex(), tmp_path / "e.key")


def test_a_broken_key_file_is_not_quoted(tmp_path: Path) -> None:
    """What is nearly a key must not stand in a log."""
    file = tmp_path / "e.key"
    file.write_text(KEY.hex()[:-1])
    file.chmod(0o600)
    with pytest.raises(BadKey) as caught:
        read_key(None, file)
    assert KEY.hex()[:8] not in str(caught.value)


def test_what_is_no_key_file_is_named(tmp_path: Path) -> None:
    """Empty, binary or half a key: the sentence names the file, and never quotes what is in it."""
    file = tmp_path / "e.key"
    for content in (b"", bytes(range(256)), KEY.hex()[:40].encode()):
        file.write_bytes(content)
        file.chmod(0o600)
        with pytest.raises(BadKey, match="holds no key") as caught:
            read_key(None, file)
        assert str(file) in str(caught.value)
        assert KEY.hex()[:40] not in str(caught.value)


def test_the_number_of_a_key_tells_it_apart() -> None:
    """Eight hexadecimal digits, the same each time, another for another key, and no part of the key."""
    assert re.fullmatch(r"[0-9a-f]{8}", KEY.id)
    assert KEY.id == Key(bytes(range(32))).id != OTHER_KEY.id
    assert KEY.id not in KEY.hex()


def test_derived_secrets_are_hkdf() -> None:
    """As RFC 5869 says, computed here step by step; another purpose or salt gives another secret."""
    extracted = hmac.digest(b"salt", bytes(range(32)), "sha256")
    first = hmac.digest(extracted, b"purpose" + b"\x01", "sha256")
    second = hmac.digest(extracted, first + b"purpose" + b"\x02", "sha256")
    assert KEY.derived(b"purpose", b"salt") == first
    assert KEY.derived(b"purpose", b"salt", 50) == (first + second)[:50]
    others = {
        KEY.derived(b"other", b"salt"),
        KEY.derived(b"purpose", b"pepper"),
        OTHER_KEY.derived(b"purpose", b"salt"),
    }
    assert len(others | {first}) == 4
