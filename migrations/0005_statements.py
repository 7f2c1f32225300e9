"""Statements, released statistics, followed thresholds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "statement",
        sa.Column("instrument_id", _id(), nullable=False),
        sa.Column("country_a", sa.String(length=2), nullable=False),
        sa.Column("country_b", sa.String(length=2), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("frozen_by", _id(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_side", sa.String(length=2), nullable=False),
        sa.Column("signed_by", _id(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_side", sa.String(length=2), nullable=False),
        sa.Column("answered_by", _id(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", _id(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('frozen', 'signed', 'disputed', 'confirmed')", name=op.f("ck_statement_state")),
        sa.CheckConstraint("country_a < country_b", name=op.f("ck_statement_order")),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_statement_instrument_id_instrument")
        ),
        sa.ForeignKeyConstraint(["frozen_by"], ["person.id"], name=op.f("fk_statement_frozen_by_person")),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name=op.f("fk_statement_signed_by_person")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_statement_answered_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_statement_content_hash")),
        sa.UniqueConstraint(
            "instrument_id",
            "country_a",
            "country_b",
            "starts_on",
            "version",
            name=op.f("uq_statement_instrument_id_country_a_country_b_starts_on_version"),
        ),
    )
    op.create_table(
        "statement_answer",
        sa.Column("statement_id", _id(), nullable=False),
        sa.Column("entry", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("person_id", _id(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('confirmed', 'disputed')", name=op.f("ck_statement_answer_verdict")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_answer_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_statement_answer_person_id_person")),
        sa.PrimaryKeyConstraint("statement_id", "entry", name=op.f("pk_statement_answer")),
    )
    op.create_table(
        "statement_remark",
        sa.Column("statement_id", _id(), nullable=False),
        sa.Column("entry", sa.String(length=16), nullable=False),
        sa.Column("author_id", _id(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_remark_statement_id_statement")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_statement_remark_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_remark")),
    )
    with op.batch_alter_table("statement_remark", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_remark_statement_id_entry"), ["statement_id", "entry"], unique=False
        )
    op.create_table(
        "statistics_release",
        sa.Column("instrument_id", _id(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("released_by", _id(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_statistics_release_instrument_id_instrument")
        ),
        sa.ForeignKeyConstraint(["released_by"], ["person.id"], name=op.f("fk_statistics_release_released_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_release")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_statistics_release_content_hash")),
        sa.UniqueConstraint(
            "instrument_id",
            "starts_on",
            "revision",
            name=op.f("uq_statistics_release_instrument_id_starts_on_revision"),
        ),
    )
    op.create_table(
        "followed_threshold",
        sa.Column("person_id", _id(), nullable=False),
        sa.Column("instrument_id", _id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("country_a", sa.String(length=2), nullable=False),
        sa.Column("country_b", sa.String(length=2), nullable=False),
        sa.Column("level_percent", sa.Integer(), nullable=False),
        sa.Column("is_crossed", sa.Boolean(), nullable=False),
        sa.Column("measured", sa.String(length=40), nullable=False),
        sa.Column("crossed_on", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _id(), nullable=False),
        sa.CheckConstraint("kind IN ('r_below', 'balance_outside')", name=op.f("ck_followed_threshold_kind")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_followed_threshold_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_followed_threshold_instrument_id_instrument")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_threshold")),
        sa.UniqueConstraint(
            "person_id",
            "instrument_id",
            "kind",
            "country_a",
            "country_b",
            name=op.f("uq_followed_threshold_person_id_instrument_id_kind_country_a_country_b"),
        ),
    )
    with op.batch_alter_table("followed_threshold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_followed_threshold_instrument_id"), ["instrument_id"], unique=False)
    op.create_table(
        "triggered_review",
        sa.Column("instrument_id", _id(), nullable=False),
        sa.Column("provision_version_id", _id(), nullable=False),
        sa.Column("triggered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_triggered_review_instrument_id_instrument")
        ),
        sa.ForeignKeyConstraint(
            ["provision_version_id"],
            ["provision_version.id"],
            name=op.f("fk_triggered_review_provision_version_id_provision_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triggered_review")),
        sa.UniqueConstraint(
            "instrument_id",
            "provision_version_id",
            "triggered_on",
            name=op.f("uq_triggered_review_instrument_id_provision_version_id_triggered_on"),
        ),
    )


def downgrade() -> None:
    op.drop_table("triggered_review")
    with op.batch_alter_table("followed_threshold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_followed_threshold_instrument_id"))
    op.drop_table("followed_threshold")
    op.drop_table("statistics_release")
    with op.batch_alter_table("statement_remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_remark_statement_id_entry"))
    op.drop_table("statement_remark")
    op.drop_table("statement_answer")
    op.drop_table("statement")
