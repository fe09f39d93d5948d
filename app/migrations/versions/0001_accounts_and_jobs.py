"""Users with their sessions and API keys, jobs, and the tokens used in an hour.

The names of a table's moments end in `_at` (app/stores/database.py).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

ID = sa.String(32)
MOMENT = sa.DateTime(timezone=True)


def owner(name: str, *, index: bool) -> sa.Column[str]:
    """A column of users' ids, whose rows go with the user."""
    return sa.Column(name, ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=index)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "sessions",
        sa.Column("id", ID, primary_key=True),
        owner("user_id", index=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", ID, primary_key=True),
        owner("owner_id", index=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
    )
    op.create_table(
        "jobs",
        sa.Column("id", ID, primary_key=True),
        owner("owner_id", index=False),
        sa.Column("idempotency_key", sa.String(64)),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("audio", sa.String(65)),
        sa.Column("answer", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("tokens", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("due_at", MOMENT),
        sa.UniqueConstraint("owner_id", "idempotency_key", name="jobs_owner_id_idempotency_key_key"),
    )
    op.create_index("jobs_history", "jobs", ["owner_id", sa.text("created_at DESC"), sa.text("id DESC")])
    due = sa.text("due_at IS NOT NULL")
    op.create_index("jobs_due", "jobs", ["due_at"], postgresql_where=due, sqlite_where=due)
    op.create_table(
        "tokens_used",
        sa.Column("hour_at", MOMENT, primary_key=True),
        sa.Column("shard", sa.Integer, primary_key=True),
        sa.Column("tokens", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drops them, with all they hold."""
    for table in ("tokens_used", "jobs", "api_keys", "sessions", "users"):
        op.drop_table(table)
