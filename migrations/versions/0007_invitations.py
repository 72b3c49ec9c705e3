"""How meetings reach a person, invitations that were mailed, and notices that a calendar program acts on."""

import re

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

KINDS = {'meeting_invited', 'invitation_changed', 'invitation_cancelled', 'invitation_trouble'}
DELIVERIES = ('feed', 'invitations', 'both')
STATES = ('invited', 'undelivered', 'cancelled', 'withdrawn', 'unsent')
ANSWERS = ('accepted', 'declined', 'tentative')


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('calendar', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('calendar_method', sa.String(length=16), nullable=False, server_default=''))
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.alter_column('calendar', existing_type=sa.Text(), server_default=None)
        batch_op.alter_column('calendar_method', existing_type=sa.String(length=16), server_default=None)
    _let_kinds_be(_kinds() | KINDS)
    _create_tables()


def downgrade() -> None:
    """Go back; invitations and the notices that carried them are lost."""
    with op.batch_alter_table('meeting_invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_invitation_uid'))
        batch_op.drop_index(batch_op.f('ix_meeting_invitation_person_id'))
        batch_op.drop_index(batch_op.f('ix_meeting_invitation_notice_id'))

    op.drop_table('meeting_invitation')
    op.drop_table('calendar_choice')
    listed = ', '.join(f"'{kind}'" for kind in sorted(KINDS))
    op.execute(f'DELETE FROM notice WHERE kind IN ({listed})')
    _let_kinds_be(_kinds() - KINDS)
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_column('calendar_method')
        batch_op.drop_column('calendar')


def _create_tables() -> None:
    op.create_table('calendar_choice',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('delivery', _one_of('delivery', DELIVERIES), nullable=False),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_choice_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_calendar_choice'))
    )
    op.create_table('meeting_invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('state', _one_of('invitationstate', STATES), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('timed_sequence', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('content', sa.String(length=32), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('trouble', sa.String(length=200), nullable=False),
    sa.Column('answer', _one_of('answer', ANSWERS), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_sequence', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_invitation_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_meeting_invitation_notice_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_meeting_invitation_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_invitation')),
    sa.UniqueConstraint('meeting_id', 'person_id', name=op.f('uq_meeting_invitation_meeting_id_person_id'))
    )
    with op.batch_alter_table('meeting_invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_invitation_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_invitation_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_invitation_uid'), ['uid'], unique=False)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


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
