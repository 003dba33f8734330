"""Receive callbacks, and verify them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = os.environ["PARTNER_WEBHOOK_SECRET"]
TOLERANCE_SECONDS = 5 * 60
MAX_BODY = 100_000

seen: set[str] = set()  # Yours is a table with the id as its key.


def has_partner_signature(headers: Message, body: bytes) -> bool:
    """The documented signature: hex, keyed with the secret as text. Yours may be the one before a rotated secret."""
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    given = (headers.get(name, "") for name in ("X-Partner-Signature", "X-Partner-Signature-Previous"))
    return any(is_equal(one, expected) for one in given)


def has_standard_signature(headers: Message, body: bytes) -> bool:
    """Standard Webhooks: over id and time as well, so that old deliveries can't be played again."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return any(is_equal(one, expected) for one in headers.get("webhook-signature", "").split())


def is_equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def take_note(event: dict[str, Any]) -> None:
    if "event" in event:  # Something that happened by itself, such as bot.owner_bound.
        print(f"accepted {event['event']}", flush=True)
        return
    score = event.get("results", {}).get("overall_score", "")
    print(f"accepted {event['job_id']} {event['status']} {score}".strip(), flush=True)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if self.path != "/webhook" or length > MAX_BODY:
            self.answer(404, {"error": "Not found"})
            return
        body = self.rfile.read(length)
        if not has_partner_signature(self.headers, body) or not has_standard_signature(self.headers, body):
            print("refused", flush=True)
            self.answer(401, {"error": "Invalid signature"})
            return
        self.answer(200, {"received": True})
        if self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            take_note(json.loads(body))

    def answer(self, status: int, payload: dict[str, object]) -> None:
        body = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet: what is said is said above."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
