"""What the pages are drawn with: icons, rulers, assets and forms read from a schema."""

import enum
from datetime import date, time

import pytest
from flask import Flask
from lucide import IconDoesNotExist
from marshmallow import Schema, fields, validate

from tumorboard.kernel.ui import (
    STATIC_FOLDER,
    VENDOR_FILES,
    asset,
    asset_version,
    fill_bar,
    form_view,
    icon,
    register_ui,
    ruler,
    vendor,
)


class Side(enum.Enum):
    LEFT = "l"
    NOT_APPLICABLE = "n"


class Urgency(enum.Enum):
    ROUTINE = "routine"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        return {"routine": "At the next board", "urgent": "This week"}[self.value]


class Row(Schema):
    agent = fields.String(required=True)


class Draft(Schema):
    title = fields.String(
        required=True,
        validate=validate.Length(max=120),
        metadata={"hint": "One line", "autocomplete": "off", "inputmode": "text"},
    )
    history = fields.String(metadata={"kind": "textarea", "label": "Short history", "rows": 6})
    email = fields.Email()
    secret = fields.String(metadata={"kind": "password"})
    minutes = fields.Integer(validate=validate.Range(min=5, max=30))
    is_new = fields.Boolean()
    seen_on = fields.Date(validate=validate.Range(min=date(2026, 1, 2)))
    starts_at = fields.Time()
    side = fields.Enum(Side, metadata={"across": True})
    urgency = fields.Enum(Urgency, by_value=True)
    stage = fields.String(validate=validate.OneOf(["I", "II", "III", "IV", "x"], labels=["One", "Two"]))
    images = fields.List(fields.Enum(Urgency, by_value=True))
    answer = fields.String(metadata={"kind": "select", "choices": [("y", "Yes"), ("n", "No")]})
    number = fields.Integer(dump_only=True)


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=None)
    register_ui(app)
    return app


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("title", "text"),
        ("history", "textarea"),
        ("email", "email"),
        ("secret", "password"),
        ("minutes", "number"),
        ("is_new", "checkbox"),
        ("seen_on", "date"),
        ("starts_at", "time"),
        ("side", "radios"),
        ("stage", "select"),
        ("images", "checkboxes"),
        ("answer", "select"),
    ],
)
def test_kind_follows_the_field_unless_the_schema_names_one(name, kind):
    form = form_view(Draft(), {}, {})

    assert form[name].kind == kind


def test_form_keeps_the_order_of_the_schema_and_leaves_out_what_is_never_typed():
    form = form_view(Draft(), {}, {})

    assert [view.name for view in form] == [name for name in Draft().fields if name != "number"]


def test_field_carries_label_hint_limits_and_whether_it_is_required():
    form = form_view(Draft(), {}, {})

    title, minutes = form["title"], form["minutes"]
    assert (title.label, title.hint, title.required, title.maxlength) == ("Title", "One line", True, 120)
    assert (title.autocomplete, title.inputmode) == ("off", "text")
    assert (form["history"].label, form["history"].rows, form["history"].required) == (
        "Short history",
        6,
        False,
    )
    assert (minutes.minimum, minutes.maximum) == ("5", "30")
    assert form["seen_on"].minimum == "2026-01-02"


def test_enum_without_labels_reads_as_sentence_case_and_is_sent_by_name():
    form = form_view(Draft(), {"side": Side.LEFT}, {})

    assert form["side"].choices == (("LEFT", "Left", True), ("NOT_APPLICABLE", "Not applicable", False))
    assert form["side"].across


def test_enum_with_labels_shows_them_and_is_sent_by_value_where_the_field_says_so():
    form = form_view(Draft(), {"urgency": "urgent"}, {})

    assert form["urgency"].choices == (("routine", "At the next board", False), ("urgent", "This week", True))


def test_select_offers_an_empty_choice_first_and_takes_labels_as_far_as_they_reach():
    form = form_view(Draft(), {}, {})

    assert form["stage"].choices[:4] == (
        ("", "", True),
        ("I", "One", False),
        ("II", "Two", False),
        ("III", "III", False),
    )


def test_choices_of_the_schema_win_and_what_was_typed_is_chosen():
    form = form_view(Draft(), {"answer": "n"}, {})

    assert form["answer"].choices == (("", "", False), ("y", "Yes", False), ("n", "No", True))
    assert form["answer"].value == "n"


@pytest.mark.parametrize("value", [["routine", "urgent"], {Urgency.ROUTINE, Urgency.URGENT}])
def test_checkboxes_show_every_chosen_value_typed_or_stored(value):
    form = form_view(Draft(), {"images": value}, {})

    assert [chosen for _, _, chosen in form["images"].choices] == [True, True]
    assert sorted(form["images"].value) == ["routine", "urgent"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, True), ("1", True), ("on", True), (False, False), ("false", False), (None, False)],
)
def test_checkbox_is_ticked_only_by_a_true_answer(value, shown):
    assert form_view(Draft(), {"is_new": value}, {})["is_new"].value is shown


def test_stored_values_are_shown_as_a_browser_would_send_them():
    form = form_view(Draft(), {"seen_on": date(2026, 12, 8), "starts_at": time(7, 5), "minutes": 10}, {})

    assert [form[name].value for name in ("seen_on", "starts_at", "minutes")] == ["2026-12-08", "07:05", "10"]


def test_errors_come_in_the_order_of_the_form_and_tie_to_their_fields():
    errors = {"minutes": ["Enter a number."], "title": ["Enter a title."], "images": {1: ["Choose one."]}}

    form = form_view(Draft(), {}, errors)

    assert form.errors == [
        ("title", "Title: Enter a title."),
        ("minutes", "Minutes: Enter a number."),
        ("images", "Images: Choose one."),
    ]
    assert form["title"].described_by == "title-hint title-error"
    assert form["email"].described_by is None
    assert form.invalid


def test_error_follows_a_question_without_a_colon():
    asked = Schema.from_dict({"name": fields.String(metadata={"label": "Which one is it for?"})})

    assert form_view(asked(), {}, {"name": ["Say which."]}).errors == [("name", "Which one is it for? Say which.")]


def test_error_about_the_whole_form_leads_to_its_first_field():
    form = form_view(Draft(), {}, {"_schema": ["Choose a side or a stage."]})

    assert form.errors == [("title", "Choose a side or a stage.")]


def test_form_without_errors_is_valid():
    assert not form_view(Draft(), {}, {}).invalid


def test_prefix_sets_rows_of_a_group_apart():
    form = form_view(Row(), {"agent": "Cisplatin"}, {"agent": ["Too short."]}, prefix="treatments-1-")

    view = form["agent"]
    assert (view.name, view.value) == ("treatments-1-agent", "Cisplatin")
    assert form.errors == [("treatments-1-agent", "Agent: Too short.")]


def test_icon_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in icon("check")


def test_unknown_icon_raises():
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")


def test_ruler_within_capacity_draws_to_scale_without_an_end_mark():
    drawn = ruler([(15, "s-breast"), (15, "s-gi")], 60, current=1)

    assert '<rect class="r-seg s-breast r-past" x="0.000%" width="25.000%"' in drawn
    assert '<rect class="r-seg s-gi alt r-now" x="25.000%" width="25.000%"' in drawn
    assert "r-over" not in drawn
    assert "r-end" not in drawn


def test_ruler_past_capacity_shows_the_over_run_behind_an_end_mark():
    drawn = ruler([(40, "s-breast"), (40, "s-gi")], 60)

    assert '<rect class="r-seg s-gi alt" x="50.000%" width="25.000%"' in drawn
    assert '<rect class="r-over" x="75.000%" width="25.000%"' in drawn
    assert '<rect class="r-end" x="75.000%"' in drawn


def test_ruler_leaves_a_pause_empty():
    drawn = ruler([(10, "s-gi"), (20, ""), (10, "s-gi")], 60)

    assert drawn.count("r-seg") == 2
    assert '<rect class="r-seg s-gi alt" x="50.000%" width="16.667%"' in drawn


def test_ruler_of_nothing_is_empty_rather_than_broken():
    assert "r-seg" not in ruler([], 0)


def test_ruler_escapes_the_class_it_is_given():
    assert "<script>" not in ruler([(5, '"><script>')], 60)


def test_fill_bar_shows_the_share_taken():
    assert 'width="50.000%"' in fill_bar(30, 60, "s-gu")
    assert "r-seg" not in fill_bar(0, 60, "s-gu")


def test_asset_version_changes_with_the_contents(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, text in ((before, "a"), (after, "b")):
        folder.mkdir()
        (folder / "app.css").write_text(text)

    assert asset_version(before) != asset_version(after)


def test_asset_keeps_the_version_as_a_folder_and_may_be_cached_for_a_year(app):
    with app.test_request_context():
        address = asset("css/app.css")

    response = app.test_client().get(address, buffered=True)

    assert address == f"/static/{asset_version(STATIC_FOLDER)}/css/app.css"
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_asset_under_an_old_version_is_served_but_not_kept(app):
    response = app.test_client().get("/static/000000000000/css/app.css", buffered=True)

    assert response.status_code == 200
    assert "immutable" not in response.headers["Cache-Control"]


def test_asset_path_cannot_leave_its_folder(app):
    assert app.test_client().get("/static/x/../../kernel/ui.py", buffered=True).status_code == 404


def test_vendor_serves_the_font_out_of_its_wheel(app):
    with app.test_request_context():
        address = vendor("public-sans.ttf")

    response = app.test_client().get(address, buffered=True)

    assert (response.status_code, response.mimetype) == (200, "font/ttf")


@pytest.mark.parametrize("name", ["RECORD", "../pyproject.toml", "public-sans.woff2"])
def test_vendor_refuses_what_is_not_on_its_list(app, name):
    assert app.test_client().get(f"/vendor/{name}", buffered=True).status_code == 404


def test_vendor_without_the_wheel_is_missing_rather_than_broken(app, monkeypatch):
    monkeypatch.setitem(VENDOR_FILES, "gone.ttf", ("no_such_wheel", "x", "font/ttf"))

    assert app.test_client().get("/vendor/gone.ttf", buffered=True).status_code == 404


def test_templates_are_given_the_drawing_functions(app):
    assert {"icon", "ruler", "fill_bar", "asset", "vendor"} <= set(app.jinja_env.globals)
