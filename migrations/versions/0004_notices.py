"""Two more kinds of notices: an emergent case, and a plan that its check refused."""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OLD_KINDS = (
    'invitation', 'recovery', 'password_changed', 'case_submitted', 'case_accepted', 'case_returned', 'case_declined',
    'case_redirected', 'case_withdrawn', 'case_arrived', 'agenda_published', 'slot_published', 'slot_changed',
    'slot_removed', 'meeting_moved', 'meeting_cancelled',
)
NEW_KINDS = ('case_emergent', 'plan_refused')


def upgrade() -> None:
    """Go forward."""
    _kinds(OLD_KINDS + NEW_KINDS)


def downgrade() -> None:
    """Go back; notices of the new kinds are lost, since earlier versions have no text for them."""
    op.execute("DELETE FROM notice WHERE kind IN ('case_emergent', 'plan_refused')")
    _kinds(OLD_KINDS)


def _kinds(kinds: tuple[str, ...]) -> None:
    """Let a notice be of these kinds and no others."""
    listed = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_notice_noticekind'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_notice_noticekind'), f'kind IN ({listed})')
