"""Notices of a new place and of a meeting that takes place after all are no longer among those of a move."""

import re

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

KINDS = {'meeting_place', 'meeting_reinstated'}
NOTICE = sa.table('notice', sa.column('id', sa.Integer), sa.column('kind', sa.String), sa.column('facts', sa.JSON))


def upgrade() -> None:
    """Go forward."""
    _let_kinds_be(_kinds() | KINDS)
    moved = op.get_bind().execute(sa.select(NOTICE.c.id, NOTICE.c.facts).where(NOTICE.c.kind == 'meeting_moved'))
    for notice_id, facts in moved.all():
        kind = _kind(facts)
        if kind in KINDS:
            op.execute(sa.update(NOTICE).where(NOTICE.c.id == notice_id).values(kind=kind))


def downgrade() -> None:
    """Go back: they are notices of a move again."""
    op.execute(sa.update(NOTICE).where(NOTICE.c.kind.in_(KINDS)).values(kind='meeting_moved'))
    _let_kinds_be(_kinds() - KINDS)


def _kind(facts: dict[str, object]) -> str:
    if not facts['was']:
        return 'meeting_reinstated'
    return 'meeting_place' if facts['was'] == facts['will_be'] else 'meeting_moved'


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
