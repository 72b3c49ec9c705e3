"""The ordered list of a board meeting: placing cases, publishing, telling presenters their time."""
