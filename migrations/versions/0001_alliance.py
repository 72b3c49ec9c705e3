"""The alliance: institutions, series, meetings, cases, agendas, notices, audit."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _create_tables()
    _seal_audit()


def _seal_audit() -> None:
    """Begin the chain, and let the database itself refuse to change or remove an entry."""
    op.execute(f"INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '{'0' * 64}')")
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'The audit trail is append-only.'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'The audit trail is append-only.'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def _create_tables() -> None:
    op.create_table('audit_entry',
    sa.Column('sequence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('outcome', sa.Enum('done', 'seen', 'refused', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('institution_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.String(length=60), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_entry_hash'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_person_id_at'), ['person_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_subject_subject_id'), ['subject', 'subject_id'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('institution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('short_name', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('hub', 'member', name='institutionkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('city', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institution')),
    sa.UniqueConstraint('slug', name=op.f('uq_institution_slug'))
    )
    op.create_table('throttle',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_throttle')),
    sa.UniqueConstraint('key', name=op.f('uq_throttle_key'))
    )
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_throttle_until_at'), ['until_at'], unique=False)

    op.create_table('closure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('cause', sa.Enum('weather', 'holiday', 'other', name='closurecause', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('effect', sa.Enum('cancel', 'next_workday', name='closureeffect', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_closure_in_order')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_closure_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_closure'))
    )
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_closure_institution_id'), ['institution_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('given_name', sa.String(length=60), nullable=False),
    sa.Column('family_name', sa.String(length=60), nullable=False),
    sa.Column('credentials', sa.String(length=60), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
    sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
    sa.Column('tf_last_counter', sa.Integer(), nullable=True),
    sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_person_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_person_fs_uniquifier'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_institution_id'), ['institution_id'], unique=False)

    op.create_table('series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('short_name', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('tumor_board', 'dmt', 'lecture', 'grand_rounds', 'symposium', name='serieskind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('site', sa.Enum('breast', 'thoracic', 'gi', 'colorectal', 'gu', 'gyn', 'head-neck', 'cns', 'melanoma', 'sarcoma', 'lymphoma', 'bmt', 'education', name='site', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('audience', sa.String(length=200), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('length_minutes', sa.Integer(), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('capacity_minutes', sa.Integer(), nullable=False),
    sa.Column('reserve_minutes', sa.Integer(), nullable=False),
    sa.Column('case_minutes', sa.Integer(), nullable=False),
    sa.Column('room', sa.String(length=120), nullable=False),
    sa.Column('video_url', sa.String(length=300), nullable=False),
    sa.Column('holiday_rule', sa.Enum('cancel', 'next_workday', 'meet', name='holidayrule', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('capacity_minutes >= 0 AND capacity_minutes <= length_minutes', name=op.f('ck_series_capacity')),
    sa.CheckConstraint('length_minutes > 0 AND length_minutes <= 1440', name=op.f('ck_series_length')),
    sa.CheckConstraint('reserve_minutes >= 0 AND reserve_minutes <= capacity_minutes', name=op.f('ck_series_reserve')),
    sa.ForeignKeyConstraint(['host_id'], ['institution.id'], name=op.f('fk_series_host_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series')),
    sa.UniqueConstraint('slug', name=op.f('uq_series_slug'))
    )
    with op.batch_alter_table('series', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_series_host_id'), ['host_id'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_absence_in_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_absence_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_person_id'), ['person_id'], unique=False)

    op.create_table('case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'returned', 'declined', 'accepted', 'scheduled', 'presented', 'noted', 'recommended', 'followed_up', 'closed', 'withdrawn', name='casestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('submitter_id', sa.Integer(), nullable=False),
    sa.Column('institution_id', sa.Integer(), nullable=False),
    sa.Column('draft_key', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.Column('urgency', sa.Enum('emergent', 'urgent', 'soon', 'routine', name='urgency', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('urgency_reason', sa.String(length=300), nullable=True),
    sa.Column('presenter_id', sa.Integer(), nullable=True),
    sa.Column('backup_id', sa.Integer(), nullable=True),
    sa.Column('responsible_id', sa.Integer(), nullable=True),
    sa.Column('joins_from', sa.Time(), nullable=True),
    sa.Column('joins_until', sa.Time(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('age_years', sa.Integer(), nullable=True),
    sa.Column('sex', sa.Enum('female', 'male', 'other', name='sex', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('ecog', sa.Integer(), nullable=True),
    sa.Column('comorbidity', sa.Text(), nullable=True),
    sa.Column('preferences', sa.Text(), nullable=True),
    sa.Column('patient_knows', sa.Text(), nullable=True),
    sa.Column('primary_site', sa.String(length=120), nullable=True),
    sa.Column('histology', sa.String(length=160), nullable=True),
    sa.Column('pathology_pending', sa.Boolean(), nullable=True),
    sa.Column('side', sa.Enum('left', 'right', 'both', 'not_applicable', name='side', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('diagnosed_year', sa.Integer(), nullable=True),
    sa.Column('stage_basis', sa.Enum('clinical', 'pathologic', name='stagebasis', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('stage_edition', sa.String(length=40), nullable=True),
    sa.Column('stage_t', sa.String(length=12), nullable=True),
    sa.Column('stage_n', sa.String(length=12), nullable=True),
    sa.Column('stage_m', sa.String(length=12), nullable=True),
    sa.Column('stage_group', sa.String(length=40), nullable=True),
    sa.Column('not_staged_reason', sa.String(length=200), nullable=True),
    sa.Column('treatment_status', sa.Enum('none_yet', 'under_way', 'first_completed', 'recurrence', name='treatmentstatus', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('prior_treatment', sa.Text(), nullable=True),
    sa.Column('biomarkers', sa.Text(), nullable=True),
    sa.Column('sequencing', sa.Enum('not_ordered', 'ordered', 'resulted', name='sequencing', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('new_problem', sa.Text(), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=True),
    sa.Column('question_kind', sa.Enum('diagnosis', 'staging', 'surgery', 'systemic', 'radiation', 'sequence', 'recurrence', 'trial', 'genetics', 'palliative', name='questionkind', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('question', sa.String(length=400), nullable=True),
    sa.Column('presentation_reason', sa.String(length=400), nullable=True),
    sa.Column('local_plan', sa.Text(), nullable=True),
    sa.Column('trial_interest', sa.Boolean(), nullable=True),
    sa.Column('ready_on', sa.Date(), nullable=True),
    sa.Column('deadline_on', sa.Date(), nullable=True),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scheduled_for_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('edit_until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_until_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('age_years BETWEEN 0 AND 90', name=op.f('ck_case_age')),
    sa.CheckConstraint('ecog BETWEEN 0 AND 4', name=op.f('ck_case_ecog')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 120', name=op.f('ck_case_minutes')),
    sa.ForeignKeyConstraint(['backup_id'], ['person.id'], name=op.f('fk_case_backup_id')),
    sa.ForeignKeyConstraint(['board_id'], ['series.id'], name=op.f('fk_case_board_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institution.id'], name=op.f('fk_case_institution_id')),
    sa.ForeignKeyConstraint(['presenter_id'], ['person.id'], name=op.f('fk_case_presenter_id')),
    sa.ForeignKeyConstraint(['responsible_id'], ['person.id'], name=op.f('fk_case_responsible_id')),
    sa.ForeignKeyConstraint(['submitter_id'], ['person.id'], name=op.f('fk_case_submitter_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('code', name=op.f('uq_case_code')),
    sa.UniqueConstraint('submitter_id', 'draft_key', name=op.f('uq_case_submitter_id_draft_key'))
    )
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_board_id_state'), ['board_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_institution_id_state'), ['institution_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_presenter_id'), ['presenter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_queued_at'), ['queued_at'], unique=False)

    op.create_table('feed_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('client', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feed_token_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_feed_token_token_hash'))
    )
    with op.batch_alter_table('feed_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feed_token_person_id'), ['person_id'], unique=False)

    op.create_table('follow',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_follow_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_follow_series_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'series_id', name=op.f('pk_follow'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_invitation_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_person_id'), ['person_id'], unique=False)

    op.create_table('meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('occurs_on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('room', sa.String(length=120), nullable=False),
    sa.Column('video_url', sa.String(length=300), nullable=False),
    sa.Column('capacity_minutes', sa.Integer(), nullable=False),
    sa.Column('reserve_minutes', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'cancelled', name='meetingstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('moved_from_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_edited', sa.Boolean(), nullable=False),
    sa.Column('closure_id', sa.Integer(), nullable=True),
    sa.Column('talk_title', sa.String(length=200), nullable=False),
    sa.Column('talk_abstract', sa.Text(), nullable=False),
    sa.Column('speaker_name', sa.String(length=120), nullable=False),
    sa.Column('speaker_affiliation', sa.String(length=120), nullable=False),
    sa.Column('uid', sa.String(length=80), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_meeting_in_order')),
    sa.ForeignKeyConstraint(['closure_id'], ['closure.id'], name=op.f('fk_meeting_closure_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_meeting_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
    sa.UniqueConstraint('series_id', 'occurs_on', name=op.f('uq_meeting_series_id_occurs_on')),
    sa.UniqueConstraint('uid', name=op.f('uq_meeting_uid'))
    )
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_closure_id'), ['closure_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_starts_at'), ['starts_at'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('invitation', 'recovery', 'password_changed', 'case_submitted', 'case_accepted', 'case_returned', 'case_declined', 'case_redirected', 'case_withdrawn', 'case_arrived', 'agenda_published', 'slot_published', 'slot_changed', 'slot_removed', 'meeting_moved', 'meeting_cancelled', name='noticekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('state', sa.Enum('pending', 'sent', 'dead', name='noticestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.String(length=200), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('message_id', name=op.f('uq_notice_message_id'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_state_due_at'), ['state', 'due_at'], unique=False)

    op.create_table('person_part',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('signed_in', 'member_physician', 'clinician', 'administrator', 'privacy_officer', 'chair', 'coordinator', 'board_member', 'observer', name='part', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_part_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'part', name=op.f('pk_person_part'))
    )
    op.create_table('person_specialty',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('specialty', sa.Enum('surgery', 'medical_oncology', 'radiation_oncology', 'pathology', 'radiology', 'hematology', 'transplant', 'gynecologic_oncology', 'urology', 'neurosurgery', 'neuro_oncology', 'head_and_neck_surgery', 'dermatology', 'gastroenterology', 'pulmonology', 'genetics', 'palliative_care', 'nursing', 'advanced_practice', name='specialty', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_specialty_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'specialty', name=op.f('pk_person_specialty'))
    )
    op.create_table('plan_request',
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('leased_until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_plan_request_series_id')),
    sa.PrimaryKeyConstraint('series_id', name=op.f('pk_plan_request'))
    )
    with op.batch_alter_table('plan_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_request_due_at'), ['due_at'], unique=False)

    op.create_table('plan_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('cause', sa.Enum('queue_changed', 'cut_off', 'asked', name='plancause', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('applied', 'failed', name='runstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('engine', sa.String(length=40), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('levels', sa.JSON(), nullable=False),
    sa.Column('trouble', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_plan_run_asked_by_id')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_plan_run_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_run'))
    )
    with op.batch_alter_table('plan_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_run_series_id_finished_at'), ['series_id', 'finished_at'], unique=False)

    op.create_table('policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('cut_off_days', sa.Integer(), nullable=False),
    sa.Column('cut_off_at', sa.Time(), nullable=False),
    sa.CheckConstraint('cut_off_days >= 0 AND cut_off_days <= 60', name=op.f('ck_policy_cut_off')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_policy_series_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy')),
    sa.UniqueConstraint('series_id', 'effective_on', name=op.f('uq_policy_series_id_effective_on'))
    )
    op.create_table('seat',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('chair', 'coordinator', 'core_member', 'extended_member', 'observer', name='seatpart', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('specialty', sa.Enum('surgery', 'medical_oncology', 'radiation_oncology', 'pathology', 'radiology', 'hematology', 'transplant', 'gynecologic_oncology', 'urology', 'neurosurgery', 'neuro_oncology', 'head_and_neck_surgery', 'dermatology', 'gastroenterology', 'pulmonology', 'genetics', 'palliative_care', 'nursing', 'advanced_practice', name='specialty', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_seat_person_id')),
    sa.ForeignKeyConstraint(['series_id'], ['series.id'], name=op.f('fk_seat_series_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seat')),
    sa.UniqueConstraint('series_id', 'person_id', 'part', name=op.f('uq_seat_series_id_person_id_part'))
    )
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seat_person_id'), ['person_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('client', sa.String(length=60), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('agenda',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['edited_by_id'], ['person.id'], name=op.f('fk_agenda_edited_by_id')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_agenda_meeting_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['person.id'], name=op.f('fk_agenda_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda')),
    sa.UniqueConstraint('meeting_id', name=op.f('uq_agenda_meeting_id'))
    )
    op.create_table('case_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('act', sa.Enum('submit', 'accept', 'return', 'decline', 'redirect', 'schedule', 'defer', 'present', 'note', 'recommend', 'follow_up', 'close', 'withdraw', name='act', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'returned', 'declined', 'accepted', 'scheduled', 'presented', 'noted', 'recommended', 'followed_up', 'closed', 'withdrawn', name='casestate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['board_id'], ['series.id'], name=op.f('fk_case_event_board_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_case_event_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_event_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_event'))
    )
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_event_case_id'), ['case_id'], unique=False)

    op.create_table('plan_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('placed', 'moved', 'left_out', 'passed_over', name='movekind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('from_meeting_id', sa.Integer(), nullable=True),
    sa.Column('to_meeting_id', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(length=500), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_plan_move_case_id')),
    sa.ForeignKeyConstraint(['from_meeting_id'], ['meeting.id'], name=op.f('fk_plan_move_from_meeting_id')),
    sa.ForeignKeyConstraint(['run_id'], ['plan_run.id'], name=op.f('fk_plan_move_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_meeting_id'], ['meeting.id'], name=op.f('fk_plan_move_to_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_move'))
    )
    with op.batch_alter_table('plan_move', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_plan_move_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_plan_move_run_id'), ['run_id'], unique=False)

    op.create_table('quorum_specialty',
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('specialty', sa.Enum('surgery', 'medical_oncology', 'radiation_oncology', 'pathology', 'radiology', 'hematology', 'transplant', 'gynecologic_oncology', 'urology', 'neurosurgery', 'neuro_oncology', 'head_and_neck_surgery', 'dermatology', 'gastroenterology', 'pulmonology', 'genetics', 'palliative_care', 'nursing', 'advanced_practice', name='specialty', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('goal_percent', sa.Integer(), nullable=False),
    sa.CheckConstraint('goal_percent BETWEEN 0 AND 100', name=op.f('ck_quorum_specialty_goal')),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], name=op.f('fk_quorum_specialty_policy_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('policy_id', 'specialty', name=op.f('pk_quorum_specialty'))
    )
    op.create_table('specialty_needed',
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('specialty', sa.Enum('surgery', 'medical_oncology', 'radiation_oncology', 'pathology', 'radiology', 'hematology', 'transplant', 'gynecologic_oncology', 'urology', 'neurosurgery', 'neuro_oncology', 'head_and_neck_surgery', 'dermatology', 'gastroenterology', 'pulmonology', 'genetics', 'palliative_care', 'nursing', 'advanced_practice', name='specialty', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_specialty_needed_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('case_id', 'specialty', name=op.f('pk_specialty_needed'))
    )
    op.create_table('study',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('imaging', 'pathology', name='studykind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('what', sa.String(length=120), nullable=False),
    sa.Column('day', sa.Integer(), nullable=True),
    sa.Column('performed_at', sa.String(length=80), nullable=False),
    sa.Column('transfer', sa.Enum('not_yet', 'requested', 'transferred', name='transfer', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_study_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study'))
    )
    with op.batch_alter_table('study', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_study_case_id'), ['case_id'], unique=False)

    op.create_table('agenda_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agenda_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('discuss', 'note', 'talk', 'break', name='itemkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('gap_minutes', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('is_live', sa.Boolean(), nullable=False),
    sa.Column('is_locked', sa.Boolean(), nullable=False),
    sa.Column('placed_by', sa.Enum('planner', 'coordinator', name='placedby', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('gap_minutes >= 0 AND gap_minutes <= 480', name=op.f('ck_agenda_item_gap')),
    sa.CheckConstraint('minutes > 0 AND minutes <= 480', name=op.f('ck_agenda_item_minutes')),
    sa.ForeignKeyConstraint(['agenda_id'], ['agenda.id'], name=op.f('fk_agenda_item_agenda_id')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_agenda_item_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agenda_item')),
    sa.UniqueConstraint('agenda_id', 'position', name=op.f('uq_agenda_item_agenda_id_position'))
    )
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agenda_item_case_id'), ['case_id'], unique=False)
        batch_op.create_index('uq_agenda_item_live_case', ['case_id'], unique=True, sqlite_where=sa.text('is_live'), postgresql_where=sa.text('is_live'))



def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_sealed ON audit_entry")
        op.execute("DROP FUNCTION refuse_audit_change()")
    with op.batch_alter_table('agenda_item', schema=None) as batch_op:
        batch_op.drop_index('uq_agenda_item_live_case', sqlite_where=sa.text('is_live'), postgresql_where=sa.text('is_live'))
        batch_op.drop_index(batch_op.f('ix_agenda_item_case_id'))

    op.drop_table('agenda_item')
    with op.batch_alter_table('study', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_study_case_id'))

    op.drop_table('study')
    op.drop_table('specialty_needed')
    op.drop_table('quorum_specialty')
    with op.batch_alter_table('plan_move', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_move_run_id'))
        batch_op.drop_index(batch_op.f('ix_plan_move_case_id'))

    op.drop_table('plan_move')
    with op.batch_alter_table('case_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_event_case_id'))

    op.drop_table('case_event')
    op.drop_table('agenda')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))

    op.drop_table('sign_in')
    with op.batch_alter_table('seat', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seat_person_id'))

    op.drop_table('seat')
    op.drop_table('policy')
    with op.batch_alter_table('plan_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_run_series_id_finished_at'))

    op.drop_table('plan_run')
    with op.batch_alter_table('plan_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_plan_request_due_at'))

    op.drop_table('plan_request')
    op.drop_table('person_specialty')
    op.drop_table('person_part')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_state_due_at'))
        batch_op.drop_index(batch_op.f('ix_notice_person_id'))

    op.drop_table('notice')
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_starts_at'))
        batch_op.drop_index(batch_op.f('ix_meeting_closure_id'))

    op.drop_table('meeting')
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_invitation_person_id'))

    op.drop_table('invitation')
    op.drop_table('follow')
    with op.batch_alter_table('feed_token', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feed_token_person_id'))

    op.drop_table('feed_token')
    with op.batch_alter_table('case', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_case_presenter_id'))
        batch_op.drop_index(batch_op.f('ix_case_institution_id_state'))
        batch_op.drop_index(batch_op.f('ix_case_board_id_state'))

    op.drop_table('case')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_person_id'))

    op.drop_table('absence')
    with op.batch_alter_table('series', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_series_host_id'))

    op.drop_table('series')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_institution_id'))

    op.drop_table('person')
    with op.batch_alter_table('closure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_closure_institution_id'))

    op.drop_table('closure')
    with op.batch_alter_table('throttle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_throttle_until_at'))

    op.drop_table('throttle')
    op.drop_table('institution')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject_subject_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_person_id_at'))

    op.drop_table('audit_entry')
