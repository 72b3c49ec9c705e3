"""How a board is planned, proposals, and runs that can be repeated."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

OLD_STATES = ('applied', 'failed')
STATES = ('applied', 'proposed', 'dismissed', 'replaced', 'failed')
OLD_CAUSES = ('queue_changed', 'cut_off', 'asked')
CAUSES = ('queue_changed', 'people_changed', 'policy_changed', 'cut_off', 'asked')


def upgrade() -> None:
    """Go forward."""
    op.create_table('planning_policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('set_by_id', sa.Integer(), nullable=True),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_planning_policy_series_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_by_id'], ['person.id'], name=op.f('fk_planning_policy_set_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planning_policy'))
    )
    with op.batch_alter_table('planning_policy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_planning_policy_series_id_set_at'), ['series_id', 'set_at'], unique=False)

    with op.batch_alter_table('plan_run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.String(length=40), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('status', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('bounds', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('spent_ms', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('question', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('decided_by_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_plan_run_decided_by_id'), 'person', ['decided_by_id'], ['id'])
        _words(batch_op, 'state', 'runstate', STATES)
        _words(batch_op, 'cause', 'plancause', CAUSES)

    with op.batch_alter_table('plan_run', schema=None) as batch_op:
        for column in ('version', 'status', 'bounds', 'spent_ms'):
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table('plan_move', schema=None) as batch_op:
        batch_op.add_column(sa.Column('starts_minute', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back; proposals are lost, since earlier versions knew none."""
    op.execute("DELETE FROM plan_run WHERE state NOT IN ('applied', 'failed')")
    op.execute("UPDATE plan_run SET cause = 'queue_changed' WHERE cause IN ('people_changed', 'policy_changed')")
    with op.batch_alter_table('plan_move', schema=None) as batch_op:
        batch_op.drop_column('starts_minute')

    with op.batch_alter_table('plan_run', schema=None) as batch_op:
        _words(batch_op, 'cause', 'plancause', OLD_CAUSES)
        _words(batch_op, 'state', 'runstate', OLD_STATES)
        batch_op.drop_constraint(batch_op.f('fk_plan_run_decided_by_id'), type_='foreignkey')
        for column in ('decided_by_id', 'decided_at', 'question', 'spent_ms', 'bounds', 'status', 'version'):
            batch_op.drop_column(column)

    op.drop_table('planning_policy')


def _words(batch_op, column: str, name: str, words: tuple[str, ...]) -> None:
    """Let the column hold these words and no others."""
    batch_op.drop_constraint(batch_op.f(f'ck_plan_run_{name}'), type_='check')
    listed = ', '.join(f"'{word}'" for word in words)
    batch_op.create_check_constraint(batch_op.f(f'ck_plan_run_{name}'), f'{column} IN ({listed})')
