"""What is sent next follows from what was sent and how things stand, and from nothing else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.feeds.test_calendar import NOW, an_event
from tumorboard.feeds.domain.invitations import AHEAD, Attendee, Held, InvitationState, Letter, Method, next_letter

ROBIN = Attendee("Robin Example, MD", "robin@example.org")


def held_after(letter: Letter) -> Held:
    """What stands once the letter was sent."""
    return Held(
        state=letter.state,
        sequence=letter.sequence,
        content=letter.content,
        has_trouble=False,
        tried_at=letter.stamped_at,
    )


def letter_of(held: Held | None = None, *, is_wanted: bool = True, now=NOW, **event) -> Letter | None:
    return next_letter(an_event(**event), held, to=ROBIN, is_wanted=is_wanted, now=now)


@pytest.mark.parametrize("is_wanted", [True, False])
@pytest.mark.parametrize("is_cancelled", [True, False])
def test_nothing_is_sent_of_a_meeting_that_is_over(is_wanted: bool, is_cancelled: bool) -> None:
    held = held_after(letter_of())
    over = {"starts_at": NOW - timedelta(hours=1), "ends_at": NOW, "is_cancelled": is_cancelled}

    assert letter_of(held, is_wanted=is_wanted, **over) is None


@pytest.mark.parametrize(
    ("starts_in", "is_invited"),
    [(timedelta(0), False), (timedelta(seconds=1), True), (AHEAD, True), (AHEAD + timedelta(seconds=1), False)],
)
def test_first_invitation_goes_out_from_four_weeks_before_until_the_start(
    starts_in: timedelta, is_invited: bool
) -> None:
    starts_at = NOW + starts_in

    assert bool(letter_of(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))) is is_invited


def test_invited_meeting_put_off_far_is_still_followed() -> None:
    held = held_after(letter_of())
    starts_at = NOW + 2 * AHEAD

    assert letter_of(held, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)).method is Method.REQUEST


def test_sequence_takes_up_that_of_the_meeting_where_it_is_higher() -> None:
    held = held_after(letter_of(sequence=3))

    assert letter_of(held, sequence=9, room="Elsewhere").sequence == 9


STEPS = st.lists(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.booleans(), st.booleans(), st.integers(0, 2)), max_size=12
)


@given(steps=STEPS)
def test_whatever_happens_sequences_rise_and_each_state_is_reached_by_one_letter(steps) -> None:
    held, sequence, sent = None, 0, []
    for room, is_cancelled, is_wanted, grows in steps:
        sequence += grows
        event = {"room": room, "is_cancelled": is_cancelled, "sequence": sequence}
        letter = letter_of(held, is_wanted=is_wanted, **event)
        if letter:
            sent.append(letter.sequence)
            held = held_after(letter)
            assert letter.sequence >= sequence
        assert letter_of(held, is_wanted=is_wanted, **event) is None
        is_in_calendar = bool(held) and held.state is InvitationState.INVITED
        assert is_in_calendar is (is_wanted and not is_cancelled)

    assert sent == sorted(set(sent))
