"""Tokens and the programs that bring them."""

from datetime import UTC, datetime, timedelta

import pytest

from tumorboard.feeds.domain import client_named, is_fetch_worth_noting, is_token, new_token, token_hash

NOW = datetime(2026, 12, 1, 15, tzinfo=UTC)


def test_new_token_has_192_random_bits_behind_its_prefix():
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert {(len(token), token[:4]) for token in tokens} == {(36, "tbf_")}
    assert all(is_token(token) for token in tokens)


def test_token_is_stored_as_its_hash_and_other_case_is_another_token():
    token = "tbf_" + "aB" * 16

    assert len(token_hash(token)) == 32
    assert token_hash(token) != token_hash(token.swapcase())


@pytest.mark.parametrize(
    "text",
    ["", "tbf_", "tbf_" + "a" * 31, "tbf_" + "a" * 33, "TBF_" + "a" * 32, "tbf_" + "a" * 31 + "\n", "tbf_" + "é" * 32],
)
def test_malformed_text_is_no_token(text):
    assert not is_token(text)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("macOS/15.1 (24B83) dataaccessd/1.0", "Apple Calendar"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "Apple Calendar"),
        ("Mozilla/4.0 (compatible; MSIE 6.0; Microsoft Outlook 16.0)", "Outlook"),
        ("Microsoft Office/16.0 (Windows NT 10.0)", "Outlook"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", "Thunderbird"),
        ("curl/8.5.0", "another program"),
        ("", "another program"),
    ],
)
def test_client_is_named_by_its_kind(agent, name):
    assert client_named(agent) == name


@pytest.mark.parametrize(("age", "noted"), [(None, True), (timedelta(minutes=9), False), (timedelta(minutes=10), True)])
def test_fetch_is_noted_once_in_ten_minutes(age, noted):
    fetched_at = None if age is None else NOW - age

    assert is_fetch_worth_noting(fetched_at, changed_at=NOW - timedelta(days=1), now=NOW) is noted
