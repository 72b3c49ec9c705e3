"""The feeds of an institution follow its own cases, whoever presents them, and its name; and end with the right to them.

Who goes to another institution keeps no address of the former one, as with the last seat on a board.
A mark names a meeting, a series or a person, so that some person of the institution stands for its feeds. A later
migration that has SQLite copy one of these tables must set these triggers again too.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_ON_SOMEBODY_OF = (
    'INSERT INTO calendar_mark (person_id) SELECT person_id FROM '
    '(SELECT min(person.id) AS person_id FROM person WHERE person.institution_id IN ({institutions})) AS somebody '
    'WHERE person_id IS NOT NULL'
)
_HOME_OF_ITEM = _ON_SOMEBODY_OF.format(institutions='SELECT institution_id FROM "case" WHERE id = {row}.case_id')
_HOMES_OF_AGENDA = (
    'INSERT INTO calendar_mark (person_id) SELECT min(person.id) FROM agenda_item '
    'JOIN "case" ON "case".id = agenda_item.case_id JOIN person ON person.institution_id = "case".institution_id '
    'WHERE agenda_item.agenda_id = NEW.id GROUP BY "case".institution_id'
)
_HOME_OF_CASE = _ON_SOMEBODY_OF.format(institutions='{row}.institution_id')
_ON_PERSON = 'INSERT INTO calendar_mark (person_id) VALUES ({row}.person_id)'

_FOREIGN = (
    'DELETE FROM feed_token WHERE institution_id IS NOT NULL AND institution_id <> '
    '(SELECT person.institution_id FROM person WHERE person.id = feed_token.person_id)'
)

# name: (table, when, statements)
TRIGGERS = {
    'item_of_home_made': ('agenda_item', 'INSERT', [_HOME_OF_ITEM.format(row='NEW')]),
    'item_of_home_changed': (
        'agenda_item', 'UPDATE OF agenda_id, case_id', [_HOME_OF_ITEM.format(row=row) for row in ('OLD', 'NEW')]
    ),
    'item_of_home_gone': ('agenda_item', 'DELETE', [_HOME_OF_ITEM.format(row='OLD')]),
    'agenda_of_homes_changed': ('agenda', 'UPDATE OF meeting_id, published_at', [_HOMES_OF_AGENDA]),
    'case_passed_on': (
        '"case"', 'UPDATE OF institution_id', [_HOME_OF_CASE.format(row=row) for row in ('OLD', 'NEW')]
    ),
    'institution_named': (
        'institution', 'UPDATE OF short_name', ['INSERT INTO calendar_mark (series_id) VALUES (NULL)']
    ),
    'person_went_elsewhere': ('person', 'UPDATE OF institution_id', [_FOREIGN + ' AND person_id = NEW.id']),
    'follow_changed': ('follow', 'UPDATE', [_ON_PERSON.format(row=row) for row in ('OLD', 'NEW')]),
}


def upgrade() -> None:
    """Go forward; whatever a feed missed so far is in its next poll."""
    set_triggers()
    op.execute(_FOREIGN)
    op.execute('INSERT INTO calendar_mark (series_id) VALUES (NULL)')


def downgrade() -> None:
    """Go back."""
    for name, (table, _, _) in TRIGGERS.items():
        _drop_trigger(name, table)


def set_triggers() -> None:
    """Let the database mark what changes; statements are the same on both, how they are hung up is not."""
    for name, (table, when, statements) in TRIGGERS.items():
        body = '; '.join(statements) + ';'
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(sa.text(f'CREATE TRIGGER calendar_{name} AFTER {when} ON {table} BEGIN {body} END'))
            continue
        op.execute(sa.text(
            f'CREATE FUNCTION calendar_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$'
        ))
        op.execute(sa.text(
            f'CREATE TRIGGER calendar_{name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION calendar_{name}()'
        ))


def _drop_trigger(name: str, table: str) -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'DROP TRIGGER IF EXISTS calendar_{name}')
        return
    op.execute(f'DROP TRIGGER calendar_{name} ON {table}')
    op.execute(f'DROP FUNCTION calendar_{name}()')
