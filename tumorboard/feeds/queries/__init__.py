"""Whose a secret is, which feeds there are, and what stands in them."""

from tumorboard.feeds.queries.addresses import (
    HOLDER,
    address_of,
    addresses_of,
    boards_sat_on,
    followed_by,
    public_series,
    public_series_called,
    subscriber_of,
)
from tumorboard.feeds.queries.feeds import (
    PUBLIC_KEY,
    contents_of,
    lacks_entries,
    personal_feed,
    public_feed,
    series_feed,
)
from tumorboard.feeds.queries.invitations import (
    answers_to,
    delivery_of,
    invitations_of,
    invited_to,
    replies_to,
)
from tumorboard.feeds.queries.meetings import concerns, events_of, own_cases, presented_by
from tumorboard.feeds.queries.standing import (
    STANDING_OF_KEY,
    STANDING_OF_SLUG,
    standing_in,
    standing_of,
    standing_of_series,
)

__all__ = [
    "HOLDER",
    "STANDING_OF_KEY",
    "STANDING_OF_SLUG",
    "standing_in",
    "PUBLIC_KEY",
    "address_of",
    "addresses_of",
    "answers_to",
    "boards_sat_on",
    "concerns",
    "contents_of",
    "delivery_of",
    "events_of",
    "followed_by",
    "invitations_of",
    "invited_to",
    "lacks_entries",
    "own_cases",
    "personal_feed",
    "presented_by",
    "public_feed",
    "public_series",
    "public_series_called",
    "replies_to",
    "series_feed",
    "standing_of",
    "standing_of_series",
    "subscriber_of",
]
