"""The master key: made once, kept from others, missed at once; and what is derived from it."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.domain.comments import ChannelRef, CommentRef
from bot.errors import KeyFileError, SettingsError
from bot.store import open_store
from bot.store.key_file import KEY_FILE, load_master_keys, make_master_key
from bot.store.keys import Keyring, MasterKey

SECRET = bytes(range(32))
GIVEN = base64.b64encode(SECRET).decode()


def ring(master: bytes) -> Keyring:
    key = MasterKey.derive(master)
    return Keyring([key], tags=key.tags, pseudonyms=key.pseudonyms)


REF = CommentRef(ChannelRef("discord", "900", "12"), "1")


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    key = make_master_key(home)
    assert len(key) == 32
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (make_master_key(home),) == load_master_keys(home) == (key,)
    assert [file.name for file in home.iterdir()] == [KEY_FILE]


def test_many_starting_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(make_master_key, [tmp_path] * 32))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    make_master_key(tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_master_keys(tmp_path)


@pytest.mark.parametrize("text", ["", "short", GIVEN[:-4], GIVEN + "AAAA", "!" * 44, "\ud800"])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="CROSSING_GUARD_KEY") as refused:
        load_master_keys(tmp_path, text)
    assert len(text) < 5 or text not in str(refused.value)


def test_a_given_key_comes_before_the_file(tmp_path: Path) -> None:
    make_master_key(tmp_path)
    assert load_master_keys(tmp_path, f" {GIVEN}\n") == (SECRET,)
    assert load_master_keys(tmp_path / "elsewhere") == ()


def test_a_home_that_is_a_file_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="cannot be made"):
        make_master_key(tmp_path / "file")


def test_purposes_have_keys_of_their_own_and_the_master_key_shows_nowhere() -> None:
    keys = MasterKey.derive(SECRET)
    derived = [keys.check_value, keys.sealing, keys.tags, keys.pseudonyms]
    assert len(set(derived)) == 4
    assert SECRET not in derived
    assert "sealing" not in repr(keys)
    assert keys == MasterKey.derive(SECRET)
    assert keys.key_id != MasterKey.derive(bytes(32)).key_id


def test_tags_show_a_change_and_link_nothing_else() -> None:
    keys = ring(SECRET)
    tag = keys.text_tag(REF, "same words")
    assert tag == keys.text_tag(REF, "same words")
    assert tag != keys.text_tag(REF, "same words ")
    assert tag != keys.text_tag(CommentRef(REF.channel, "2"), "same words")
    assert tag != ring(bytes(32)).text_tag(REF, "same words")
    assert keys.text_tag(REF, "\ud800") != keys.text_tag(REF, "\ud801")
    assert keys.text_tag(CommentRef(REF.channel, "ab"), "c") != keys.text_tag(CommentRef(REF.channel, "a"), "bc")


def test_a_pseudonym_holds_within_one_workspace_only() -> None:
    keys = ring(SECRET)
    here = keys.pseudonym(REF.channel, "77")
    assert here == keys.pseudonym(ChannelRef("discord", "900", "another"), "77")
    assert here != keys.pseudonym(ChannelRef("discord", "901", "12"), "77")
    assert here != keys.pseudonym(ChannelRef("slack", "900", "12"), "77")


async def test_a_lost_or_foreign_key_is_noticed_at_the_start(database: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with open_store(home=home, url=database):
        pass
    key_file = home / KEY_FILE
    kept = key_file.rename(tmp_path / "backup")
    with pytest.raises(KeyFileError, match="put the key file back"):
        async with open_store(home=home, url=database):
            pytest.fail("opened without its key")
    assert not key_file.exists(), "a lost key must never be replaced by a new one"
    with pytest.raises(KeyFileError, match="not with"):
        async with open_store(home=home, url=database, key=GIVEN):
            pytest.fail("opened with another key")
    kept.rename(key_file)
    async with open_store(home=home, url=database) as store:
        assert all(fact.well for fact in await store.check() if fact.subject != "disk")
