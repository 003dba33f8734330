#!/usr/bin/env bash
# Create a company and an agent, hand in a call, wait for its analysis.
set -euo pipefail

api="$PARTNER_BASE_URL/api/partner/v1"

answer=$(mktemp -d)
trap 'rm -r "$answer"' EXIT

# The idempotency key is the same for all attempts: after a timeout nobody knows whether the request arrived. curl's own
# --retry does not do: it repeats no 409, and prints the answers of all attempts, one behind the other.
call() { # METHOD PATH [BODY [IDEMPOTENCY_KEY]]
    local attempt status wait
    local options=(--silent --show-error --max-time 30 --request "$1" --write-out '%{http_code}')
    options+=(--output "$answer/body" --dump-header "$answer/headers")
    options+=(--header "Authorization: Bearer $PARTNER_API_KEY" --header "X-API-Secret: $PARTNER_API_SECRET")
    if [ $# -ge 3 ]; then
        options+=(--header "Content-Type: application/json" --data "$3")
    fi
    if [ $# -ge 4 ]; then
        options+=(--header "Idempotency-Key: $4")
    fi
    for attempt in 1 2 3 4 5; do
        : | tee "$answer/body" > "$answer/headers"
        status=$(curl "${options[@]}" "$api$2") || status=000
        wait=$(sed -n 's/^retry-after:[[:space:]]*\([0-9][0-9]*\)[[:space:]]*$/\1/Ip' "$answer/headers" | head -n 1)
        case $status in
            2??) cat "$answer/body"; return ;;
            000 | 408 | 429 | 5??) ;;
            409) [ -n "$wait" ] || break ;;
            *) break ;;
        esac
        [ "$attempt" = 5 ] || sleep "${wait:-$((2 ** (attempt - 1)))}"
    done
    echo "$1 $2 was answered with $status: $(cat "$answer/body")" >&2
    return 1
}

new_key() { openssl rand -hex 16; }

company=$(call POST /companies/create \
    '{"name": "Test Company", "industry": "retail", "contact_email": "admin@testcompany.com"}' "$(new_key)" | jq -r .id)
agent=$(call POST "/companies/$company/agents/create" \
    '{"email": "agent@testcompany.com", "name": "John Doe", "role": "agent"}' "$(new_key)" | jq -r .id)

body=$(jq -n --arg company "$company" --arg agent "$agent" --arg webhook "${PARTNER_WEBHOOK_URL:-}" '{
    transcript: "Agent: Good morning, how can I help you?\nCustomer: What does the annual plan cost?",
    company_id: $company,
    agent_id: $agent,
    call_type: "sales_call"
} + if $webhook == "" then {} else {webhook_url: $webhook} end')
# Your own id of the call does well as the key: the same call is then never analysed twice.
accepted=$(call POST /calls/analyze "$body" "$(new_key)")
job=$(jq -r .job_id <<< "$accepted")
jq -r '"Job \(.job_id) is \(.status), about \(.estimated_time)"' <<< "$accepted"

while true; do
    status=$(call GET "/jobs/$job/status")
    case $(jq -r .status <<< "$status") in
        completed) break ;;
        failed | cancelled) jq . <<< "$status" >&2; exit 1 ;;
    esac
    sleep 1
done
jq -r '"Job \(.job_id) is \(.status), overall score \(.results.overall_score)"' <<< "$status"
