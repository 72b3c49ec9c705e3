"""Closed days on which meetings are by video, and how a meeting stood before a closure held it back."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

OLD_EFFECTS = ('cancel', 'next_workday')
NEW_EFFECT = 'video_only'


def upgrade() -> None:
    """Go forward."""
    _let_effects_be((*OLD_EFFECTS, NEW_EFFECT))
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.add_column(sa.Column('video_url', sa.String(length=300), nullable=False, server_default=''))
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.alter_column('video_url', server_default=None)
    op.create_table('held_back',
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_from_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('room', sa.String(length=120), nullable=False),
    sa.Column('video_url', sa.String(length=300), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('is_edited', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_held_back_meeting_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('meeting_id', name=op.f('pk_held_back'))
    )


def downgrade() -> None:
    """Go back; closures by video become cancellations, for meetings made from now on."""
    op.drop_table('held_back')
    op.execute(f"UPDATE closure SET effect = 'cancel' WHERE effect = '{NEW_EFFECT}'")
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.drop_column('video_url')
    _let_effects_be(OLD_EFFECTS)


def _let_effects_be(effects: tuple[str, ...]) -> None:
    listed = ', '.join(f"'{effect}'" for effect in effects)
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_closure_closureeffect'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_closure_closureeffect'), f'effect IN ({listed})')
