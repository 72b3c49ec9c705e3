"""Fixed subjects, and pauses that grow."""

from datetime import timedelta

import pytest

from tumorboard.notices.domain import SECRET_KINDS, SUBJECTS, NoticeKind, pause_after


def test_every_kind_has_a_fixed_subject_of_plain_letters() -> None:
    assert set(SUBJECTS) == set(NoticeKind)
    for subject in SUBJECTS.values():
        assert subject.isascii()
        assert subject.isprintable()
        assert "{" not in subject


@pytest.mark.parametrize(
    ("attempts", "about"), [(1, 15), (2, 30), (3, 60), (8, 1920), (9, 3600), (10, 3600), (500, 3600)]
)
def test_pause_doubles_up_to_an_hour_within_a_quarter_of_jitter(attempts: int, about: int) -> None:
    pauses = [pause_after(attempts, seed=seed) for seed in range(200)]

    assert min(pauses) >= timedelta(seconds=about * 0.75)
    assert max(pauses) <= timedelta(seconds=about * 1.25)
    assert len(set(pauses)) > 150


def test_pause_of_one_notice_is_the_same_whoever_asks() -> None:
    assert pause_after(3, seed=7) == pause_after(3, seed=7)


def test_links_of_secret_kinds_are_those_that_let_somebody_in() -> None:
    assert {NoticeKind.INVITATION, NoticeKind.RECOVERY} == SECRET_KINDS
