#!/usr/bin/env bash
# Verify a delivery that was saved: verify.sh HEADERS BODY
# HEADERS is a file with a header a line, BODY one with the body's bytes. Says "valid" and ends with 0, or with 1.
set -euo pipefail

headers=$1
body=$2
tolerance=300

header() { # NAME
    sed -n "s/^$1:[[:space:]]*//Ip" "$headers" | tr -d '\r' | head -n 1
}

# The documented signature: hex, keyed with the secret as text. Yours may be the one before a rotated secret.
expected=$(openssl dgst -sha256 -hmac "$PARTNER_WEBHOOK_SECRET" -r < "$body" | cut -d ' ' -f 1)
if [ "$(header X-Partner-Signature)" != "$expected" ] &&
    [ "$(header X-Partner-Signature-Previous)" != "$expected" ]; then
    echo "X-Partner-Signature is wrong" >&2
    exit 1
fi

# Standard Webhooks: over id and time as well, so that old deliveries can't be played again.
id=$(header webhook-id)
timestamp=$(header webhook-timestamp)
age=$(( $(date +%s) - timestamp ))
if [ "${age#-}" -gt "$tolerance" ]; then
    echo "webhook-timestamp is more than $tolerance seconds off" >&2
    exit 1
fi
key=$(printf %s "${PARTNER_WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected=$({ printf '%s.%s.' "$id" "$timestamp"; cat "$body"; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
for signature in $(header webhook-signature); do
    if [ "$signature" = "v1,$expected" ]; then
        echo valid
        exit 0
    fi
done
echo "webhook-signature is wrong" >&2
exit 1
