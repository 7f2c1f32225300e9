"""Flows from elsewhere and summary rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mobility.storage.flow_counting import creation, recount_statements, removal

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _big_id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "flow_import",
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("programme_id", _big_id(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "columns", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staged_by", _big_id(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", _big_id(), nullable=False),
        sa.CheckConstraint("status IN ('staged', 'imported', 'undone')", name=op.f("ck_flow_import_status")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_flow_import_programme_id_programme")),
        sa.ForeignKeyConstraint(["staged_by"], ["person.id"], name=op.f("fk_flow_import_staged_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_import")),
    )
    op.create_index(op.f("ix_flow_import_digest"), "flow_import", ["digest"])
    op.create_index(op.f("ix_flow_import_programme_id"), "flow_import", ["programme_id"])
    op.create_table(
        "imported_flow",
        sa.Column("import_id", _big_id(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("host", sa.String(length=2), nullable=False),
        sa.Column("discipline", sa.String(length=24), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["flow_import.id"], name=op.f("fk_imported_flow_import_id_flow_import"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_imported_flow")),
    )
    op.create_index(
        op.f("ix_imported_flow_import_id_origin_host_start_on"),
        "imported_flow",
        ["import_id", "origin", "host", "start_on"],
    )
    op.create_table(
        "imported_payment",
        sa.Column("import_id", _big_id(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("host", sa.String(length=2), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=2), nullable=False),
        sa.Column("beneficiary", sa.String(length=2), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.String(length=24), nullable=False),
        sa.Column("rate_on", sa.Date(), nullable=True),
        sa.Column("rate_source", sa.String(length=120), nullable=False),
        sa.Column("amount_eur_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["flow_import.id"],
            name=op.f("fk_imported_payment_import_id_flow_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_imported_payment")),
    )
    op.create_table(
        "flow_summary",
        sa.Column("programme_id", _big_id(), autoincrement=False, nullable=False),
        sa.Column("discipline", sa.String(length=24), nullable=False),
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("host", sa.String(length=2), nullable=False),
        sa.Column("import_id", _big_id(), autoincrement=False, nullable=False),
        sa.Column("heads", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("start_days", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("end_days", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "programme_id", "discipline", "period", "origin", "host", "import_id", name=op.f("pk_flow_summary")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_flow_programme_id_status_end_on"), "flow", ["programme_id", "status", "end_on"])
    for name in ("balance_expires_after", "balance_cap"):
        op.add_column("programme", sa.Column(name, sa.Integer(), nullable=True))
    dialect = op.get_bind().dialect.name
    for statement in (*recount_statements(dialect), *creation(dialect)):
        op.execute(statement)


def downgrade() -> None:
    for statement in removal(op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table("programme") as batch:
        batch.drop_column("balance_cap")
        batch.drop_column("balance_expires_after")
    op.drop_index(op.f("ix_flow_programme_id_status_end_on"), table_name="flow")
    op.drop_table("flow_summary")
    op.drop_table("imported_payment")
    op.drop_index(op.f("ix_imported_flow_import_id_origin_host_start_on"), table_name="imported_flow")
    op.drop_table("imported_flow")
    op.drop_index(op.f("ix_flow_import_programme_id"), table_name="flow_import")
    op.drop_index(op.f("ix_flow_import_digest"), table_name="flow_import")
    op.drop_table("flow_import")
