"""When people can join: weekly hours, busy times, and the moment of the last change."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table('weekday_hours',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('never', sa.Boolean(), nullable=False),
    sa.Column('joins_from', sa.Time(), nullable=True),
    sa.Column('joins_until', sa.Time(), nullable=True),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_weekday_hours_weekday')),
    sa.CheckConstraint('joins_from IS NULL OR joins_until IS NULL OR joins_from < joins_until', name=op.f('ck_weekday_hours_in_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_weekday_hours_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'weekday', name=op.f('pk_weekday_hours'))
    )
    op.create_table('busy_time',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_busy_time_in_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_busy_time_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_busy_time'))
    )
    with op.batch_alter_table('busy_time', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_busy_time_person_id_starts_at'), ['person_id', 'starts_at'], unique=False)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('availability_changed_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('availability_changed_at')

    with op.batch_alter_table('busy_time', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_busy_time_person_id_starts_at'))

    op.drop_table('busy_time')
    op.drop_table('weekday_hours')
