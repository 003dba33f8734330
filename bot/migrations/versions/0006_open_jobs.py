"""find the open jobs of a key"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("async_jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_async_jobs_partner_api_key_id"))
        batch_op.create_index("ix_async_jobs_key", ["partner_api_key_id", "due_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("async_jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_async_jobs_key")
        batch_op.create_index(batch_op.f("ix_async_jobs_partner_api_key_id"), ["partner_api_key_id"], unique=False)
