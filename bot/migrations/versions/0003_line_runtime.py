"""line runtime"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bot_helpers",
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_bot_helpers_bot_id_bots")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_bot_helpers_channel_id_channels")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bot_helpers_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("bot_id", "channel_id", "user_id", name=op.f("pk_bot_helpers")),
    )
    with op.batch_alter_table("bot_helpers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bot_helpers_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index("ix_bot_helpers_user", ["channel_id", "user_id"], unique=False)

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("messages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_broadcasts_bot_id_bots")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_broadcasts_channel_id_channels")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_broadcasts_contact_id_contacts")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_broadcasts_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcasts_bot_id"), ["bot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_channel_id"), ["channel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcasts_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(
            "ix_broadcasts_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_broadcasts_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "staff_dialogs",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_staff_dialogs_bot_id_bots")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_staff_dialogs_contact_id_contacts")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_staff_dialogs_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("contact_id", "bot_id", name=op.f("pk_staff_dialogs")),
    )
    with op.batch_alter_table("staff_dialogs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_dialogs_bot_id"), ["bot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_dialogs_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "sent_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("line_message_id", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_sent_messages_channel_id_channels")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_sent_messages_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_messages")),
        sa.UniqueConstraint("channel_id", "line_message_id", name=op.f("uq_sent_messages_channel_id")),
    )
    with op.batch_alter_table("sent_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sent_messages_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "staff_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_staff_notices_bot_id_bots")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_staff_notices_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_staff_notices_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_staff_notices_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notices")),
    )
    with op.batch_alter_table("staff_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_notices_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_notices_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_notices_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index(
            "ix_staff_notices_untold",
            ["bot_id", "id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "late_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("messages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_late_answers_bot_id_bots")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_late_answers_contact_id_contacts")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_late_answers_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["line_events.id"], name=op.f("fk_late_answers_event_id_line_events")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_late_answers_message_id_messages")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_late_answers_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_answers")),
    )
    with op.batch_alter_table("late_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_late_answers_bot_id"), ["bot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_late_answers_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_late_answers_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(
            "ix_late_answers_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_late_answers_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_late_answers_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_late_answers_tenant_id"), ["tenant_id"], unique=False)

    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late_reply", sa.String(length=16), server_default="postback", nullable=False))
        batch_op.add_column(sa.Column("push_limit", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("owner_pushes", sa.String(length=16), server_default="urgent", nullable=False))
        batch_op.add_column(sa.Column("summary_hour", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("opening", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True)
        )
        batch_op.add_column(sa.Column("trigger_word", sa.String(length=40), nullable=True))

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_secret_box", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("quota_limit", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quota_used", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quota_checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reads_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("staff_menu_id", sa.String(length=80), nullable=True))

    with op.batch_alter_table("claim_codes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=16), server_default="owner", nullable=False))

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("display_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("muted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=16), server_default="bot", nullable=False))
        batch_op.add_column(sa.Column("state_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("state_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("staff_contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("read_token", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_conversations_staff_contact_id"), ["staff_contact_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_conversations_staff_contact_id_contacts"), "contacts", ["staff_contact_id"], ["id"]
        )

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=16), server_default="answer", nullable=False))
        batch_op.add_column(sa.Column("to_id", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("recipients", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True)
        )
        batch_op.add_column(sa.Column("retry_key", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("token_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("broadcast_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_deliveries_broadcast_id"), ["broadcast_id"], unique=False)
        batch_op.create_index(
            "ix_deliveries_due",
            ["lane", "id"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_deliveries_broadcast_id_broadcasts"), "broadcasts", ["broadcast_id"], ["id"]
        )

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_column("author")

    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_deliveries_broadcast_id_broadcasts"), type_="foreignkey")
        batch_op.drop_index(
            "ix_deliveries_due",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_deliveries_broadcast_id"))
        batch_op.drop_column("broadcast_id")
        batch_op.drop_column("expires_at")
        batch_op.drop_column("due_at")
        batch_op.drop_column("token_at")
        batch_op.drop_column("retry_key")
        batch_op.drop_column("recipients")
        batch_op.drop_column("to_id")
        batch_op.drop_column("purpose")

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conversations_staff_contact_id_contacts"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_conversations_staff_contact_id"))
        batch_op.drop_column("read_token")
        batch_op.drop_column("staff_contact_id")
        batch_op.drop_column("state_until")
        batch_op.drop_column("state_since")
        batch_op.drop_column("state")

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_column("left_at")
        batch_op.drop_column("muted_at")
        batch_op.drop_column("language")
        batch_op.drop_column("display_name")

    with op.batch_alter_table("claim_codes", schema=None) as batch_op:
        batch_op.drop_column("role")

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.drop_column("staff_menu_id")
        batch_op.drop_column("reads_by_hand")
        batch_op.drop_column("quota_checked_at")
        batch_op.drop_column("quota_used")
        batch_op.drop_column("quota_limit")
        batch_op.drop_column("next_secret_box")

    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.drop_column("trigger_word")
        batch_op.drop_column("opening")
        batch_op.drop_column("paused_at")
        batch_op.drop_column("summary_hour")
        batch_op.drop_column("owner_pushes")
        batch_op.drop_column("push_limit")
        batch_op.drop_column("late_reply")

    with op.batch_alter_table("late_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_late_answers_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_late_answers_message_id"))
        batch_op.drop_index(batch_op.f("ix_late_answers_event_id"))
        batch_op.drop_index(
            "ix_late_answers_due",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_late_answers_conversation_id"))
        batch_op.drop_index(batch_op.f("ix_late_answers_contact_id"))
        batch_op.drop_index(batch_op.f("ix_late_answers_bot_id"))

    op.drop_table("late_answers")
    with op.batch_alter_table("staff_notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_staff_notices_untold",
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_staff_notices_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_staff_notices_delivery_id"))
        batch_op.drop_index(batch_op.f("ix_staff_notices_conversation_id"))

    op.drop_table("staff_notices")
    with op.batch_alter_table("sent_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sent_messages_delivery_id"))

    op.drop_table("sent_messages")
    with op.batch_alter_table("staff_dialogs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_dialogs_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_staff_dialogs_bot_id"))

    op.drop_table("staff_dialogs")
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcasts_tenant_id"))
        batch_op.drop_index(
            "ix_broadcasts_due",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_broadcasts_contact_id"))
        batch_op.drop_index(batch_op.f("ix_broadcasts_channel_id"))
        batch_op.drop_index(batch_op.f("ix_broadcasts_bot_id"))

    op.drop_table("broadcasts")
    with op.batch_alter_table("bot_helpers", schema=None) as batch_op:
        batch_op.drop_index("ix_bot_helpers_user")
        batch_op.drop_index(batch_op.f("ix_bot_helpers_tenant_id"))

    op.drop_table("bot_helpers")
