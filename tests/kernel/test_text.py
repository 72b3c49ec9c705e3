"""Text is made safe without changing what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumorboard.kernel.text import CODE_ALPHABET, clean_line, clean_text, random_code


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  two  blanks ", "two blanks"),
        ("line\r\nbreak", "line break"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("turned \u202earound\u202c", "turned around"),
        ("e\u0301", "\u00e9"),
        ("para\u2029graph", "para graph"),
        ("👩‍⚕️ stays whole", "👩‍⚕️ stays whole"),
    ],
)
def test_line_is_cleaned(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


def test_paragraphs_keep_their_line_breaks() -> None:
    assert clean_text("one\r\ntwo\u2028three\rfour") == "one\ntwo\nthree\nfour"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = clean_text(raw)

    assert clean_text(once) == once
    assert not {"\x00", "\r", "\u202e"} & set(once)


def test_code_is_random_and_spells_no_word() -> None:
    codes = {random_code() for _ in range(200)}

    assert len(codes) == 200
    assert all(set(code) <= {*CODE_ALPHABET, "-"} for code in codes)
    assert not set("AEIOU01L") & set(CODE_ALPHABET)
