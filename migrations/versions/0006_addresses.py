"""Addresses of boards and institutions, ends of submissions as entries, and who knows of a change.

What opens a board's feed goes with the last seat on that board, in the same transaction, and does not come back.
A later migration that has SQLite copy `seat`, `policy`, `"case"` or `person` must set these triggers again too.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


KIND = 'feed_expires'

_ON_PERSON = 'INSERT INTO calendar_mark (person_id) SELECT {row}.{column} WHERE {row}.{column} IS NOT NULL'
_ON_SERIES = 'INSERT INTO calendar_mark (series_id) VALUES ({row}.series_id)'
_ON_EVERY_FEED = 'INSERT INTO calendar_mark (series_id) VALUES (NULL)'
_NO_SEAT_LEFT = (
    'DELETE FROM feed_token WHERE series_id = OLD.series_id AND person_id = OLD.person_id AND NOT EXISTS '
    '(SELECT 1 FROM seat WHERE seat.series_id = OLD.series_id AND seat.person_id = OLD.person_id)'
)

# name: (table, when, statements)
TRIGGERS = {
    'policy_made': ('policy', 'INSERT', [_ON_SERIES.format(row='NEW')]),
    'policy_changed': ('policy', 'UPDATE', [_ON_SERIES.format(row='OLD'), _ON_SERIES.format(row='NEW')]),
    'policy_gone': ('policy', 'DELETE', [_ON_SERIES.format(row='OLD')]),
    'case_made': ('"case"', 'INSERT', [_ON_PERSON.format(row='NEW', column='submitter_id')]),
    'case_sent': (
        '"case"', 'UPDATE OF board_id, submitter_id, institution_id',
        [_ON_PERSON.format(row=row, column='submitter_id') for row in ('OLD', 'NEW')],
    ),
    'person_left': ('person', 'UPDATE OF active, institution_id', [_ON_EVERY_FEED]),
    'seat_lost': ('seat', 'DELETE', [_NO_SEAT_LEFT]),
    'seat_passed_on': ('seat', 'UPDATE OF series_id, person_id', [_NO_SEAT_LEFT]),
}


def upgrade() -> None:
    """Go forward; every series is marked, so that its entries are made with their cut-offs."""
    op.execute('DELETE FROM calendar_feed')
    op.create_table('feed_left_out',
    sa.Column('token_id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_feed_left_out_series_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['token_id'], ['feed_token.id'], name=op.f('fk_feed_left_out_token_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_id', 'series_id', name=op.f('pk_feed_left_out'))
    )
    op.create_table('meeting_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.Enum('moved', 'place', 'cancelled', 'reinstated', name='changekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('was_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('will_be_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('look_again_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_change_meeting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_change'))
    )
    with op.batch_alter_table('meeting_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_change_look_again_at'), ['look_again_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_change_meeting_id_changed_at'), ['meeting_id', 'changed_at'], unique=False)

    op.create_table('change_told',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['meeting_change.id'], name=op.f('fk_change_told_change_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_change_told_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('change_id', 'person_id', name=op.f('pk_change_told'))
    )
    with op.batch_alter_table('change_told', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_change_told_person_id'), ['person_id'], unique=False)

    with op.batch_alter_table('calendar_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('cuts_off_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('cut_off_sequence', sa.Integer(), nullable=False, server_default=sa.text("'0'")))
        batch_op.add_column(sa.Column('cut_off_zone', sa.String(length=64), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(sa.Column('cut_off_ics', sa.Text(), nullable=False, server_default=sa.text("''")))

    with op.batch_alter_table('calendar_entry', schema=None) as batch_op:
        for column in ('cut_off_sequence', 'cut_off_zone', 'cut_off_ics'):
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.add_column(sa.Column('institution_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('token_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_calendar_feed_institution_id'), ['institution_id'], unique=False)
        batch_op.create_unique_constraint(batch_op.f('uq_calendar_feed_token_id'), ['token_id'])
        batch_op.create_foreign_key(batch_op.f('fk_calendar_feed_token_id'), 'feed_token', ['token_id'], ['id'], ondelete='CASCADE')
        batch_op.create_foreign_key(batch_op.f('fk_calendar_feed_institution_id'), 'institution', ['institution_id'], ['id'], ondelete='CASCADE')

    with op.batch_alter_table('feed_token', schema=None) as batch_op:
        batch_op.add_column(sa.Column('series_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('institution_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('with_presenting', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('with_cut_offs', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('polls_every_seconds', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('expected_by_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f('ix_feed_token_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_feed_token_series_id'), ['series_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_feed_token_institution_id'), 'institution', ['institution_id'], ['id'], ondelete='CASCADE')
        batch_op.create_foreign_key(batch_op.f('fk_feed_token_series_id'), 'series', ['series_id'], ['id'], ondelete='CASCADE')
        batch_op.create_check_constraint(batch_op.f('ck_feed_token_one_scope'), 'series_id IS NULL OR institution_id IS NULL')

    with op.batch_alter_table('feed_token', schema=None) as batch_op:
        for column in ('with_presenting', 'with_cut_offs'):
            batch_op.alter_column(column, server_default=None)

    _let_kinds_be(_kinds() | {KIND})
    set_triggers()
    op.execute('INSERT INTO calendar_mark (series_id) SELECT id FROM series')



def downgrade() -> None:
    """Go back; an address of a board or an institution would open a person's own feed then, so it goes."""
    for name, (table, _, _) in TRIGGERS.items():
        _drop_trigger(name, table)
    op.execute(f"DELETE FROM notice WHERE kind = '{KIND}'")
    _let_kinds_be(_kinds() - {KIND})
    op.execute('DELETE FROM calendar_feed')
    op.execute('DELETE FROM feed_token WHERE series_id IS NOT NULL OR institution_id IS NOT NULL')
    with op.batch_alter_table('feed_token', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_feed_token_one_scope'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_feed_token_series_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_feed_token_institution_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_feed_token_series_id'))
        batch_op.drop_index(batch_op.f('ix_feed_token_institution_id'))
        batch_op.drop_column('expected_by_at')
        batch_op.drop_column('polls_every_seconds')
        batch_op.drop_column('reminded_at')
        batch_op.drop_column('with_cut_offs')
        batch_op.drop_column('with_presenting')
        batch_op.drop_column('institution_id')
        batch_op.drop_column('series_id')

    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_calendar_feed_institution_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_calendar_feed_token_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_calendar_feed_token_id'), type_='unique')
        batch_op.drop_index(batch_op.f('ix_calendar_feed_institution_id'))
        batch_op.drop_column('token_id')
        batch_op.drop_column('institution_id')

    with op.batch_alter_table('calendar_entry', schema=None) as batch_op:
        batch_op.drop_column('cut_off_ics')
        batch_op.drop_column('cut_off_zone')
        batch_op.drop_column('cut_off_sequence')
        batch_op.drop_column('cuts_off_at')

    with op.batch_alter_table('change_told', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_told_person_id'))

    op.drop_table('change_told')
    with op.batch_alter_table('meeting_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_change_meeting_id_changed_at'))
        batch_op.drop_index(batch_op.f('ix_meeting_change_look_again_at'))

    op.drop_table('meeting_change')
    op.drop_table('feed_left_out')


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
