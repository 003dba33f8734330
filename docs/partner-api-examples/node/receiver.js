// Receive callbacks, and verify them. Works with Express 4 and 5.
const crypto = require("node:crypto");
const express = require("express");

const secret = process.env.PARTNER_WEBHOOK_SECRET;
const TOLERANCE_SECONDS = 5 * 60;

if (!secret) throw new Error("Set PARTNER_WEBHOOK_SECRET to the secret that came with your API key.");

function isEqual(given, expected) {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.length === b.length && crypto.timingSafeEqual(a, b);
}

// The documented signature: hex, keyed with the secret as text, over the parsed body serialised again.
// Your secret may be the one before a rotated one.
function hasPartnerSignature(req) {
  const expected = crypto.createHmac("sha256", secret).update(JSON.stringify(req.body)).digest("hex");
  const given = [req.get("X-Partner-Signature"), req.get("X-Partner-Signature-Previous")];
  return given.some((one) => isEqual(one, expected));
}

// Standard Webhooks: over id, time and the bytes as they came, so that old deliveries can't be played again.
function hasStandardSignature(req) {
  const [id, timestamp] = [req.get("webhook-id"), req.get("webhook-timestamp")];
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!id || !timestamp || !(age <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = crypto.createHmac("sha256", key).update(`${id}.${timestamp}.`).update(req.rawBody).digest("base64");
  const given = req.get("webhook-signature") ?? "";
  return given.split(" ").some((one) => isEqual(one, `v1,${expected}`));
}

const seen = new Set();  // Yours is a table with the id as its key.
const app = express();

app.use(express.json({ verify: (req, _res, bytes) => { req.rawBody = bytes; } }));

app.post("/webhook", (req, res) => {
  if (!req.rawBody || !hasPartnerSignature(req) || !hasStandardSignature(req)) {
    console.log("refused");
    return res.status(401).json({ error: "Invalid signature" });
  }
  res.status(200).json({ received: true });

  const id = req.get("webhook-id");
  if (seen.has(id)) return;
  seen.add(id);
  const { event, job_id, status, results } = req.body;
  if (event) return console.log(`accepted ${event}`);  // Something that happened by itself, such as bot.owner_bound.
  console.log(`accepted ${job_id} ${status} ${results?.overall_score ?? ""}`.trim());
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening on ${server.address().port}`));
