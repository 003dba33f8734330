// The receiver that the Partner API documents: `node receiver.js express4` prints its port and counts what it answers.
// It compares X-Partner-Signature with an HMAC over the parsed body printed again. POST /standard is checked by the
// library of Standard Webhooks instead, over the raw body. GET /counts tells how often each status was answered.
"use strict";

const crypto = require("node:crypto");
const express = require(process.argv[2]);
const { Webhook } = require("standardwebhooks");

const secret = process.env.WEBHOOK_SECRET;
const app = express();
const counts = {};

app.use((req, res, next) => {
  res.on("finish", () => {
    if (req.method === "POST") counts[res.statusCode] = (counts[res.statusCode] || 0) + 1;
  });
  next();
});

app.post("/webhook/callback", express.json(), (req, res) => {
  const signature = req.headers["x-partner-signature"];
  const expected = crypto.createHmac("sha256", secret).update(JSON.stringify(req.body)).digest("hex");
  if (!crypto.timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    return res.status(401).json({ error: "Invalid signature" });
  }
  res.status(200).json({ received: true });
});

app.post("/standard", express.raw({ type: "application/json" }), (req, res) => {
  try {
    new Webhook(secret).verify(req.body, req.headers);
    res.status(200).end();
  } catch (error) {
    res.status(401).json({ error: error.message });
  }
});

app.get("/counts", (req, res) => res.json(counts));

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
