"""partner api"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from bot.migrations import partner_functions

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operator_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_operator_keys_key_hash")),
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("industry", sa.String(length=100), nullable=True),
        sa.Column("contact_email", sa.String(length=320), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_companies_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_companies")),
    )
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.create_index("ix_companies_list", ["tenant_id", "environment", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_companies_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_endpoints_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("tenant_id", "environment", "url_hash", name=op.f("uq_webhook_endpoints_tenant_id")),
    )
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_endpoints_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "webhook_signers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_signers_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_signers")),
    )
    with op.batch_alter_table("webhook_signers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_signers_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "agents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=50), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_agents_company_id_companies")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_agents_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("company_id", "email", name=op.f("uq_agents_company_id")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agents_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agents_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "partner_api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("all_companies", sa.Boolean(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("rate_limit", sa.Integer(), nullable=False),
        sa.Column("allowed_ips", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_partner_api_keys_company_id_companies")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_api_keys_partner_id_partners")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["partner_api_keys.id"], name=op.f("fk_partner_api_keys_replaces_id_partner_api_keys")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["webhook_signers.id"], name=op.f("fk_partner_api_keys_signer_id_webhook_signers")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_partner_api_keys_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_partner_api_keys_key_hash")),
    )
    with op.batch_alter_table("partner_api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_api_keys_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_api_keys_partner_id"), ["partner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_api_keys_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_api_keys_signer_id"), ["signer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_api_keys_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "async_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_api_key_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("job_type", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("request", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("results", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("results_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=64), nullable=True),
        sa.Column("error_message", sa.String(length=500), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_async_jobs_agent_id_agents")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_async_jobs_company_id_companies")),
        sa.ForeignKeyConstraint(
            ["partner_api_key_id"],
            ["partner_api_keys.id"],
            name=op.f("fk_async_jobs_partner_api_key_id_partner_api_keys"),
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["webhook_signers.id"], name=op.f("fk_async_jobs_signer_id_webhook_signers")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_async_jobs_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_async_jobs")),
        sa.UniqueConstraint("call_id", name=op.f("uq_async_jobs_call_id")),
    )
    with op.batch_alter_table("async_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_async_jobs_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_async_jobs_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_async_jobs_due", ["due_at"], unique=False)
        batch_op.create_index("ix_async_jobs_list", ["tenant_id", "environment", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_async_jobs_partner_api_key_id"), ["partner_api_key_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_async_jobs_results_until"), ["results_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_async_jobs_signer_id"), ["signer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_async_jobs_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "partner_api_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("partner_api_key_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("response_status", sa.Integer(), nullable=False),
        sa.Column("response_time_ms", sa.Double(), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("client_ip", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partner_api_key_id"],
            ["partner_api_keys.id"],
            name=op.f("fk_partner_api_requests_partner_api_key_id_partner_api_keys"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_partner_api_requests_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_api_requests")),
    )
    with op.batch_alter_table("partner_api_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_api_requests_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_partner_api_requests_key", ["partner_api_key_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_partner_api_requests_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "call_recordings",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("transcript", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["async_jobs.id"], name=op.f("fk_call_recordings_job_id_async_jobs")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_call_recordings_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_call_recordings")),
    )
    with op.batch_alter_table("call_recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_recordings_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("signer_id", sa.Uuid(), nullable=False),
        sa.Column("async_job_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("redelivery", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["async_job_id"], ["async_jobs.id"], name=op.f("fk_webhook_deliveries_async_job_id_async_jobs")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_webhook_deliveries_company_id_companies")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name=op.f("fk_webhook_deliveries_endpoint_id_webhook_endpoints")
        ),
        sa.ForeignKeyConstraint(
            ["signer_id"], ["webhook_signers.id"], name=op.f("fk_webhook_deliveries_signer_id_webhook_signers")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_deliveries_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_async_job_id"), ["async_job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_company_id"), ["company_id"], unique=False)
        batch_op.create_index("ix_webhook_deliveries_due", ["next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_endpoint_id"), ["endpoint_id"], unique=False)
        batch_op.create_index("ix_webhook_deliveries_lane", ["lane", "next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_signer_id"), ["signer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_tenant_id"), ["tenant_id"], unique=False)

    op.create_table(
        "webhook_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("async_job_id", sa.Uuid(), nullable=True),
        sa.Column("webhook_url", sa.Text(), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("error_code", sa.String(length=32), nullable=True),
        sa.Column("error_message", sa.String(length=500), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.String(length=16), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["async_job_id"], ["async_jobs.id"], name=op.f("fk_webhook_logs_async_job_id_async_jobs")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_webhook_logs_company_id_companies")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_logs_delivery_id_webhook_deliveries")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_logs_tenant_id_tenants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_logs")),
        sa.UniqueConstraint("delivery_id", "attempt_number", name=op.f("uq_webhook_logs_delivery_id")),
    )
    with op.batch_alter_table("webhook_logs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_logs_async_job_id"), ["async_job_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_logs_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_logs_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_webhook_logs_tenant_id"), ["tenant_id"], unique=False)

    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))

    if op.get_bind().dialect.name == "postgresql":
        for function in partner_functions.CREATE:
            op.execute(function)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for function in partner_functions.DROP:
            op.execute(function)

    with op.batch_alter_table("bots", schema=None) as batch_op:
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("suspended_at")

    with op.batch_alter_table("webhook_logs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_logs_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_logs_created_at"))
        batch_op.drop_index(batch_op.f("ix_webhook_logs_company_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_logs_async_job_id"))

    op.drop_table("webhook_logs")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_signer_id"))
        batch_op.drop_index("ix_webhook_deliveries_lane")
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_endpoint_id"))
        batch_op.drop_index("ix_webhook_deliveries_due")
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_company_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_async_job_id"))

    op.drop_table("webhook_deliveries")
    with op.batch_alter_table("call_recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_recordings_tenant_id"))

    op.drop_table("call_recordings")
    with op.batch_alter_table("partner_api_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_api_requests_tenant_id"))
        batch_op.drop_index("ix_partner_api_requests_key")
        batch_op.drop_index(batch_op.f("ix_partner_api_requests_created_at"))

    op.drop_table("partner_api_requests")
    with op.batch_alter_table("async_jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_async_jobs_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_async_jobs_signer_id"))
        batch_op.drop_index(batch_op.f("ix_async_jobs_results_until"))
        batch_op.drop_index(batch_op.f("ix_async_jobs_partner_api_key_id"))
        batch_op.drop_index("ix_async_jobs_list")
        batch_op.drop_index("ix_async_jobs_due")
        batch_op.drop_index(batch_op.f("ix_async_jobs_company_id"))
        batch_op.drop_index(batch_op.f("ix_async_jobs_agent_id"))

    op.drop_table("async_jobs")
    with op.batch_alter_table("partner_api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_api_keys_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_partner_api_keys_signer_id"))
        batch_op.drop_index(batch_op.f("ix_partner_api_keys_replaces_id"))
        batch_op.drop_index(batch_op.f("ix_partner_api_keys_partner_id"))
        batch_op.drop_index(batch_op.f("ix_partner_api_keys_company_id"))

    op.drop_table("partner_api_keys")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agents_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_agents_company_id"))

    op.drop_table("agents")
    with op.batch_alter_table("webhook_signers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_signers_tenant_id"))

    op.drop_table("webhook_signers")
    with op.batch_alter_table("webhook_endpoints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_endpoints_tenant_id"))

    op.drop_table("webhook_endpoints")
    with op.batch_alter_table("companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companies_tenant_id"))
        batch_op.drop_index("ix_companies_list")

    op.drop_table("companies")
    op.drop_table("operator_keys")
