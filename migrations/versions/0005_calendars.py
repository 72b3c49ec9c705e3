"""Calendar entries made ahead of the polls, what feeds said last, and marks of what has changed since.

The database itself sets the marks, so that no way of changing a meeting can forget to. A later migration that has
SQLite copy a marked table (batch_alter_table) drops its triggers: it must set them again by `set_triggers`.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

KIND = 'feed_trouble'

_ON_MEETING = "INSERT INTO calendar_mark (series_id, meeting_id) VALUES ({row}.series_id, {row}.id)"
_ON_SERIES = "INSERT INTO calendar_mark (series_id) VALUES ({row}.{column})"
_ON_OLD_SERIES = (
    "INSERT INTO calendar_mark (series_id) SELECT OLD.series_id WHERE OLD.series_id <> NEW.series_id"
)
_ON_PERSON = "INSERT INTO calendar_mark (person_id) SELECT {row}.{column} WHERE {row}.{column} IS NOT NULL"
_ON_EVERY_FEED = "INSERT INTO calendar_mark (series_id) VALUES (NULL)"
_OF_AGENDA = (
    "INSERT INTO calendar_mark (series_id, meeting_id) "
    "SELECT meeting.series_id, meeting.id FROM agenda JOIN meeting ON meeting.id = agenda.meeting_id "
    "WHERE agenda.id = {row}.{column} AND agenda.published_at IS NOT NULL"
)
_PRESENTERS = (
    "INSERT INTO calendar_mark (person_id) SELECT presenter_id FROM \"case\" "
    "WHERE id {cases} AND presenter_id IS NOT NULL "
    "UNION SELECT backup_id FROM \"case\" WHERE id {cases} AND backup_id IS NOT NULL"
)
_OF_ITEM = _PRESENTERS.format(cases="= {row}.case_id")
_OF_ITEMS = _PRESENTERS.format(cases="IN (SELECT case_id FROM agenda_item WHERE agenda_id = {row}.id)")
_MEETING_OF_AGENDA = (
    "INSERT INTO calendar_mark (series_id, meeting_id) SELECT series_id, id FROM meeting WHERE id = {row}.meeting_id"
)
_MEETINGS_OF_CASE = (
    "INSERT INTO calendar_mark (series_id, meeting_id) SELECT meeting.series_id, meeting.id FROM agenda_item "
    "JOIN agenda ON agenda.id = agenda_item.agenda_id JOIN meeting ON meeting.id = agenda.meeting_id "
    "WHERE agenda_item.case_id = NEW.id AND agenda.published_at IS NOT NULL"
)
_EVENT_COLUMNS = (
    "series_id, starts_at, ends_at, time_zone, room, video_url, state, talk_title, speaker_name, "
    "speaker_affiliation, uid, sequence, created_at, revised_at"
)

# name: (table, when, statements)
TRIGGERS = {
    'meeting_made': ('meeting', 'INSERT', [_ON_MEETING.format(row='NEW')]),
    'meeting_changed': (
        'meeting', f'UPDATE OF {_EVENT_COLUMNS}', [_ON_MEETING.format(row='NEW'), _ON_OLD_SERIES]
    ),
    'meeting_gone': ('meeting', 'DELETE', [_ON_SERIES.format(row='OLD', column='series_id')]),
    'series_changed': (
        'series', 'UPDATE OF name, short_name, kind, site, time_zone, slug', [_ON_SERIES.format(row='NEW', column='id')]
    ),
    'agenda_made': ('agenda', 'INSERT', [_MEETING_OF_AGENDA.format(row='NEW')]),
    'agenda_changed': (
        'agenda', 'UPDATE OF meeting_id, published_at, edited_at',
        [_MEETING_OF_AGENDA.format(row='OLD'), _MEETING_OF_AGENDA.format(row='NEW'), _OF_ITEMS.format(row='NEW')],
    ),
    'agenda_gone': ('agenda', 'DELETE', [_MEETING_OF_AGENDA.format(row='OLD')]),
    'item_made': (
        'agenda_item', 'INSERT', [_OF_AGENDA.format(row='NEW', column='agenda_id'), _OF_ITEM.format(row='NEW')]
    ),
    'item_changed': (
        'agenda_item', 'UPDATE OF agenda_id, case_id, position, told_at, told_starts_at',
        [
            _OF_AGENDA.format(row='OLD', column='agenda_id'), _OF_AGENDA.format(row='NEW', column='agenda_id'),
            _OF_ITEM.format(row='OLD'), _OF_ITEM.format(row='NEW'),
        ],
    ),
    'item_gone': (
        'agenda_item', 'DELETE', [_OF_AGENDA.format(row='OLD', column='agenda_id'), _OF_ITEM.format(row='OLD')]
    ),
    'case_changed': (
        '"case"', 'UPDATE OF presenter_id, backup_id, code',
        [
            *(_ON_PERSON.format(row=row, column=column) for row in ('OLD', 'NEW') for column in ('presenter_id', 'backup_id')),
            _MEETINGS_OF_CASE,
        ],
    ),
    'seat_made': ('seat', 'INSERT', [_ON_PERSON.format(row='NEW', column='person_id')]),
    'seat_changed': (
        'seat', 'UPDATE OF series_id, person_id',
        [_ON_PERSON.format(row='OLD', column='person_id'), _ON_PERSON.format(row='NEW', column='person_id')],
    ),
    'seat_gone': ('seat', 'DELETE', [_ON_PERSON.format(row='OLD', column='person_id')]),
    'follow_made': ('follow', 'INSERT', [_ON_PERSON.format(row='NEW', column='person_id')]),
    'follow_gone': ('follow', 'DELETE', [_ON_PERSON.format(row='OLD', column='person_id')]),
    'person_moved': ('person', 'UPDATE OF institution_id', [_ON_PERSON.format(row='NEW', column='id')]),
    'institution_made': ('institution', 'INSERT', [_ON_EVERY_FEED]),
    'institution_changed': ('institution', 'UPDATE OF time_zone, kind', [_ON_EVERY_FEED]),
    'institution_gone': ('institution', 'DELETE', [_ON_EVERY_FEED]),
}


def upgrade() -> None:
    """Go forward; every series is marked, so that its entries are made before anybody asks."""
    _create_tables()
    _let_kinds_be(_kinds() | {KIND})
    set_triggers()
    op.execute("INSERT INTO calendar_mark (series_id) SELECT id FROM series")


def downgrade() -> None:
    """Go back."""
    for name, (table, _, _) in TRIGGERS.items():
        _drop_trigger(name, table)
    op.execute(f"DELETE FROM notice WHERE kind = '{KIND}'")
    _let_kinds_be(_kinds() - {KIND})
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_calendar_feed_series_id'))
        batch_op.drop_index(batch_op.f('ix_calendar_feed_person_id'))

    op.drop_table('calendar_feed')
    with op.batch_alter_table('calendar_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_calendar_entry_order')

    op.drop_table('calendar_entry')
    op.drop_table('calendar_mark')


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


def _create_tables() -> None:
    op.create_table('calendar_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=True),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_mark'))
    )
    op.create_table('calendar_entry',
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=80), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_cancelled', sa.Boolean(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('made_from', sa.String(length=32), nullable=False),
    sa.Column('made_by', sa.String(length=32), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ics', sa.Text(), nullable=False),
    sa.Column('trouble', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_calendar_entry_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_calendar_entry_series_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_calendar_entry'))
    )
    with op.batch_alter_table('calendar_entry', schema=None) as batch_op:
        batch_op.create_index('ix_calendar_entry_order', ['series_id', 'ends_at', 'meeting_id', 'is_cancelled', 'zone'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('etag', sa.String(length=32), nullable=False),
    sa.Column('made_by', sa.String(length=32), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('turns_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_stale', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_calendar_feed_series_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_calendar_feed'))
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_feed_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_calendar_feed_series_id'), ['series_id'], unique=False)


def _kinds() -> set[str]:
    """The kinds of notices that the database takes now, whichever migration taught it."""
    checks = sa.inspect(op.get_bind()).get_check_constraints('notice')
    written = next(str(check['sqltext']) for check in checks if check['name'] == 'ck_notice_noticekind')
    return set(re.findall(r"'([a-z_]+)'", written))


def _let_kinds_be(kinds: set[str]) -> None:
    listed = ', '.join(f"'{kind}'" for kind in sorted(kinds))
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_notice_noticekind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_notice_noticekind'), f'kind IN ({listed})')
