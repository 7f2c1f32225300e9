"""Messages: notices about what is no clock, waiting, snoozes, unsubscriptions, calendars, rules of one's own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PLANNED = sa.text("state = 'planned'")
_UNREAD = sa.text("in_app AND read_at IS NULL")
_UNREAD_SQLITE = sa.text("in_app = 1 AND read_at IS NULL")  # as the statement has it, or SQLite does not see the index


def upgrade() -> None:
    _widen_reminders()
    op.add_column("outbox", sa.Column("in_app", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_unread",
        "outbox",
        ["recipient_id", "due_at"],
        sqlite_where=_UNREAD_SQLITE,
        postgresql_where=_UNREAD,
    )
    _make_tables()


def _widen_reminders() -> None:
    op.drop_index("ix_reminder_due", "reminder")
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.alter_column("clock_id", existing_type=_ID, nullable=True)
        batch_op.alter_column("case_id", existing_type=_ID, nullable=True)
        batch_op.add_column(sa.Column("occasion", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("message_key", sa.String(length=160), nullable=False, server_default=""))
    op.execute(sa.text("UPDATE reminder SET next_at = due_at"))
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.alter_column("next_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("occasion", existing_type=sa.String(length=60), server_default=None)
        batch_op.alter_column("message_key", existing_type=sa.String(length=160), server_default=None)
        batch_op.create_check_constraint(op.f("ck_reminder_subject"), "(clock_id IS NULL) = (occasion <> '')")
    op.create_index("ix_reminder_due", "reminder", ["next_at", "id"], sqlite_where=_PLANNED, postgresql_where=_PLANNED)
    op.create_index("ix_reminder_occasion", "reminder", ["occasion"])


def _make_tables() -> None:
    op.create_table(
        "snooze",
        sa.Column("clock_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("snoozed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_snooze_clock_id_clock"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_snooze_case_id_case_file"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_snooze_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snooze")),
        sa.UniqueConstraint("clock_id", "person_id", name=op.f("uq_snooze_clock_id_person_id")),
    )
    op.create_index(op.f("ix_snooze_case_id"), "snooze", ["case_id"])
    op.create_index(op.f("ix_snooze_person_id"), "snooze", ["person_id"])
    op.create_table(
        "unsubscription",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sort", sa.String(length=16), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_unsubscription_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "sort", name=op.f("pk_unsubscription")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("office_id", _ID, nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_calendar_feed_office_id_office"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_person_id"), "calendar_feed", ["person_id"])
    _make_rule_tables()


def _make_rule_tables() -> None:
    op.create_table(
        "reminder_rule_change",
        sa.Column("programme_id", _ID, nullable=True),
        sa.Column("office_id", _ID, nullable=True),
        sa.Column("rule", sa.String(length=24), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("offset_days", sa.Integer(), nullable=True),
        sa.Column("entered_by", _ID, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.CheckConstraint("(programme_id IS NULL) <> (office_id IS NULL)", name=op.f("ck_reminder_rule_change_owner")),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_reminder_rule_change_programme_id_programme"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_reminder_rule_change_office_id_office"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_reminder_rule_change_entered_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rule_change")),
    )
    op.create_index(
        "ix_reminder_rule_change_owner", "reminder_rule_change", ["programme_id", "office_id", "rule", "audience"]
    )
    op.create_table(
        "treaty_anchor",
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("provision_id", _ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("entered_by", _ID, nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_treaty_anchor_programme_id_programme"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provision_id"], ["provision.id"], name=op.f("fk_treaty_anchor_provision_id_provision"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_treaty_anchor_entered_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treaty_anchor")),
        sa.UniqueConstraint("programme_id", "provision_id", name=op.f("uq_treaty_anchor_programme_id_provision_id")),
    )
    op.create_index(op.f("ix_treaty_anchor_provision_id"), "treaty_anchor", ["provision_id"])


def downgrade() -> None:
    for table in ("treaty_anchor", "reminder_rule_change", "calendar_feed", "unsubscription", "snooze"):
        op.drop_table(table)
    op.drop_index("ix_outbox_unread", "outbox")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("read_at")
        batch_op.drop_column("in_app")
    op.execute(sa.text("DELETE FROM reminder WHERE clock_id IS NULL OR case_id IS NULL"))
    op.drop_index("ix_reminder_occasion", "reminder")
    op.drop_index("ix_reminder_due", "reminder")
    with op.batch_alter_table("reminder") as batch_op:
        batch_op.drop_constraint(op.f("ck_reminder_subject"), type_="check")
        for column in ("message_key", "next_at", "occasion"):
            batch_op.drop_column(column)
        batch_op.alter_column("case_id", existing_type=_ID, nullable=False)
        batch_op.alter_column("clock_id", existing_type=_ID, nullable=False)
    op.create_index("ix_reminder_due", "reminder", ["due_at", "id"], sqlite_where=_PLANNED, postgresql_where=_PLANNED)
