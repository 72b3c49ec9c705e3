"""What people send about people, institutions, and when they can join."""

from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from tumorboard.accounts.domain import ALLIANCE_PARTS, WEEKDAYS, Hours, InstitutionKind, Part, Specialty
from tumorboard.accounts.services.people import InstitutionDraft, PersonDraft
from tumorboard.kernel.web import FormSchema, Line

SLUG = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\Z"


class PersonSchema(FormSchema):
    """A person as an administrator enters them."""

    email = fields.Email(
        required=True,
        validate=[
            validate.Length(max=254, error="Use at most 254 characters."),
            # Few mail servers take others (RFC 6531), and nobody would notice that no mail arrives.
            validate.Regexp(r"[\x21-\x7e]*\Z", error="Use letters without accents, digits and plain signs."),
        ],
        metadata={"label": "E-mail address", "kind": "email", "hint": "The invitation is sent here."},
        error_messages={"required": "Enter an e-mail address.", "invalid": "Enter an address such as a@clinic.org."},
    )
    given_name = Line(
        most=60, required=True, metadata={"label": "Given name"}, error_messages={"required": "Enter a given name."}
    )
    family_name = Line(
        most=60, required=True, metadata={"label": "Family name"}, error_messages={"required": "Enter a family name."}
    )
    credentials = Line(most=60, load_default="", metadata={"label": "Credentials", "hint": "For example MD, PhD"})
    institution_id = fields.Integer(
        required=True,
        metadata={"label": "Institution", "kind": "select"},
        error_messages={"required": "Choose an institution.", "invalid": "Choose an institution."},
    )
    parts = fields.List(
        fields.Enum(Part, by_value=True, validate=validate.OneOf(ALLIANCE_PARTS)),
        load_default=[],
        metadata={
            "label": "Parts in the alliance",
            "hint": "Parts on a board are given on its roster.",
            "choices": [(part.value, part.label) for part in ALLIANCE_PARTS],
        },
    )
    specialties = fields.List(
        fields.Enum(Specialty, by_value=True),
        load_default=[],
        metadata={"label": "Specialties", "choices": [(one.value, one.label) for one in Specialty]},
    )

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> PersonDraft:
        data["parts"], data["specialties"] = frozenset(data["parts"]), frozenset(data["specialties"])
        return PersonDraft(**data)


class InstitutionSchema(FormSchema):
    """The hub or a member."""

    name = Line(most=120, required=True, metadata={"label": "Name"}, error_messages={"required": "Enter a name."})
    short_name = Line(
        most=40,
        required=True,
        metadata={"label": "Short name", "hint": "As it stands beside a person's name."},
        error_messages={"required": "Enter a short name."},
    )
    slug = fields.String(
        required=True,
        validate=validate.Regexp(SLUG, error="Use small letters, digits and dashes."),
        metadata={"label": "Address name", "hint": "Small letters, digits and dashes."},
        error_messages={"required": "Enter an address name."},
    )
    kind = fields.Enum(
        InstitutionKind, by_value=True, required=True, metadata={"label": "Kind", "across": True},
        error_messages={"required": "Choose hub or member.", "unknown": "Choose hub or member."},
    )  # fmt: skip
    city = Line(most=80, required=True, metadata={"label": "City"}, error_messages={"required": "Enter a city."})
    state = Line(most=40, required=True, metadata={"label": "State"}, error_messages={"required": "Enter a state."})
    time_zone = fields.String(
        required=True,
        validate=validate.OneOf(sorted(available_timezones()), error="Choose a time zone of the list."),
        metadata={"label": "Time zone", "kind": "select"},
        error_messages={"required": "Choose a time zone."},
    )

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> InstitutionDraft:
        return InstitutionDraft(**data)


class AbsenceSchema(FormSchema):
    """Days away, both included."""

    starts_on = fields.Date(
        required=True,
        metadata={"label": "First day"},
        error_messages={"required": "Enter the first day.", "invalid": "Enter a date such as 2026-12-08."},
    )
    ends_on = fields.Date(
        required=True,
        metadata={"label": "Last day"},
        error_messages={"required": "Enter the last day.", "invalid": "Enter a date such as 2026-12-08."},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["ends_on"] < data["starts_on"]:
            raise ValidationError("The last day must not come before the first.", "ends_on")


def _fields_of(day: str) -> dict[str, fields.Field[Any]]:
    """From, until and never of one weekday, under the first three letters of its name."""
    wrong: dict[str, Any] = {"invalid": f"Enter a time for {day} such as 16:30."}
    key = day[:3].lower()
    return {
        f"{key}_from": fields.Time(metadata={"label": "From"}, error_messages=wrong),
        f"{key}_until": fields.Time(metadata={"label": "Until"}, error_messages=wrong),
        f"{key}_never": fields.Boolean(
            load_default=False, metadata={"label": "Never"}, error_messages={"invalid": f"Say yes or no for {day}."}
        ),
    }


class WeekSchema(FormSchema):
    """The hours of each weekday at which one can join; a day without any takes any time."""

    class Meta(FormSchema.Meta):
        include = {name: field for day in WEEKDAYS for name, field in _fields_of(day).items()}

    @validates_schema
    def _possible(self, data: dict[str, Any], **_: Any) -> None:
        errors = {}
        for day in WEEKDAYS:
            key = day[:3].lower()
            starts, ends = data.get(f"{key}_from"), data.get(f"{key}_until")
            if data.get(f"{key}_never") and (starts or ends):
                errors[f"{key}_from"] = [f"On {day}, give hours or say never, not both."]
            elif starts and ends and ends <= starts:
                errors[f"{key}_from"] = [f"On {day}, the end must come after the beginning."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def _by_weekday(self, data: dict[str, Any], **_: Any) -> dict[int, Hours]:
        week = {}
        for number, day in enumerate(WEEKDAYS):
            starts, ends, never = (data.get(f"{day[:3].lower()}_{end}") for end in ("from", "until", "never"))
            if never or starts or ends:
                week[number] = Hours(joins_from=starts, joins_until=ends, never=bool(never))
        return week


class CalendarSchema(FormSchema):
    """A calendar file; only its busy times are kept."""

    calendar = fields.Raw(
        required=True,
        metadata={
            "label": "Calendar file",
            "kind": "file",
            "hint": "An .ics file that your calendar program exports, at most 1 MB.",
        },
        error_messages={"required": "Choose a calendar file."},
    )


class PasswordSchema(FormSchema):
    """A password to be: typed once, shown on request, never trimmed."""

    password = fields.String(
        required=True,
        metadata={"label": "Password", "kind": "password", "autocomplete": "new-password"},
        error_messages={"required": "Choose a password."},
    )
