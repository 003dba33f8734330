"""The Partner API's functions on PostgreSQL, for whoever works in the store. The command line has the same.

They are made by migration 0004; a change to one is another migration's.
"""

from __future__ import annotations

GENERATE_KEY = """
CREATE FUNCTION generate_partner_api_key(
    partner_name text, environment text, company_id uuid DEFAULT NULL, expires_in_days integer DEFAULT 365
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Keys are not made in the store: their secrets would stay in its logs and in the shell''s history.'
        USING HINT = 'Run: shopkeeper partner key create --partner NAME --environment sandbox|production';
END $$
"""

# A day is one of UTC, and both days count in whole.
GET_USAGE = """
CREATE FUNCTION get_partner_api_usage(partner_api_key_id uuid, from_date date, to_date date)
RETURNS TABLE (
    method text, endpoint text, requests bigint, succeeded bigint, client_errors bigint, server_errors bigint,
    p50_ms double precision, p95_ms double precision
) LANGUAGE sql STABLE AS $$
    SELECT r.method::text, r.endpoint::text, count(*),
        count(*) FILTER (WHERE r.response_status < 400),
        count(*) FILTER (WHERE r.response_status BETWEEN 400 AND 499),
        count(*) FILTER (WHERE r.response_status >= 500),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY r.response_time_ms),
        percentile_disc(0.95) WITHIN GROUP (ORDER BY r.response_time_ms)
    FROM partner_api_requests r
    WHERE r.partner_api_key_id = get_partner_api_usage.partner_api_key_id
        AND r.created_at >= from_date::timestamp AT TIME ZONE 'UTC'
        AND r.created_at < (to_date + 1)::timestamp AT TIME ZONE 'UTC'
    GROUP BY r.method, r.endpoint
    ORDER BY count(*) DESC, r.method, r.endpoint
$$
"""

CLEAN_UP = """
CREATE FUNCTION cleanup_partner_api_logs(days integer)
RETURNS TABLE (partner_api_requests bigint, webhook_logs bigint, webhook_deliveries bigint) LANGUAGE plpgsql AS $$
DECLARE
    oldest timestamptz := now() - make_interval(days => days);
BEGIN
    IF days IS NULL OR days < 1 THEN
        RAISE EXCEPTION 'days must be 1 or more';
    END IF;
    DELETE FROM partner_api_requests r WHERE r.created_at < oldest;
    GET DIAGNOSTICS partner_api_requests = ROW_COUNT;
    DELETE FROM webhook_logs w WHERE w.created_at < oldest;
    GET DIAGNOSTICS webhook_logs = ROW_COUNT;
    DELETE FROM webhook_deliveries d WHERE d.ended_at < oldest
        AND NOT EXISTS (SELECT FROM webhook_logs l WHERE l.delivery_id = d.id);
    GET DIAGNOSTICS webhook_deliveries = ROW_COUNT;
    RETURN NEXT;
END $$
"""

CREATE = (GENERATE_KEY, GET_USAGE, CLEAN_UP)
DROP = (
    "DROP FUNCTION generate_partner_api_key(text, text, uuid, integer)",
    "DROP FUNCTION get_partner_api_usage(uuid, date, date)",
    "DROP FUNCTION cleanup_partner_api_logs(integer)",
)
