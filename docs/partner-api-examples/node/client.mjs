// Create a company and an agent, hand in a call, wait for its analysis.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const {
  PARTNER_BASE_URL: baseUrl,
  PARTNER_API_KEY: apiKey,
  PARTNER_API_SECRET: apiSecret,
  PARTNER_WEBHOOK_URL: webhookUrl,
} = process.env;

const ATTEMPTS = 5;
const TIMEOUT_MS = 30_000;

class PartnerApiError extends Error {
  constructor(status, error) {
    super(`${status} ${error?.code ?? "no_answer"}: ${error?.message ?? "This is no answer of the API."}`);
    this.status = status;
    this.code = error?.code ?? "no_answer";
  }
}

function mayRepeat(response) {
  const { status } = response;
  if (status === 409) return response.headers.has("retry-after");
  return status === 408 || status === 429 || status >= 500;
}

// The idempotency key is made once for all attempts: after a timeout nobody knows whether the request arrived.
async function call(method, path, { body, idempotencyKey } = {}) {
  const headers = { Authorization: `Bearer ${apiKey}`, "X-API-Secret": apiSecret };
  if (body) headers["Content-Type"] = "application/json";
  if (idempotencyKey) headers["Idempotency-Key"] = idempotencyKey;

  for (let attempt = 1; ; attempt++) {
    let response;
    try {
      response = await fetch(`${baseUrl}/api/partner/v1${path}`, {
        method,
        headers,
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.ok) return await response.json();
      // A proxy in between answers with pages of its own.
      const { error } = await response.json().catch(() => ({}));
      if (!mayRepeat(response) || attempt === ATTEMPTS) throw new PartnerApiError(response.status, error);
    } catch (error) {
      if (error instanceof PartnerApiError || attempt === ATTEMPTS) throw error;
    }
    const seconds = Number(response?.headers.get("retry-after")) || 2 ** (attempt - 1);
    await sleep(seconds * 1000);
  }
}

async function finished(jobId) {
  for (;;) {
    const job = await call("GET", `/jobs/${jobId}/status`);
    if (["completed", "failed", "cancelled"].includes(job.status)) return job;
    await sleep(1000);
  }
}

const company = await call("POST", "/companies/create", {
  body: { name: "Test Company", industry: "retail", contact_email: "admin@testcompany.com" },
  idempotencyKey: randomUUID(),
});
const agent = await call("POST", `/companies/${company.id}/agents/create`, {
  body: { email: "agent@testcompany.com", name: "John Doe", role: "agent" },
  idempotencyKey: randomUUID(),
});
const accepted = await call("POST", "/calls/analyze", {
  body: {
    transcript: "Agent: Good morning, how can I help you?\nCustomer: What does the annual plan cost?",
    company_id: company.id,
    agent_id: agent.id,
    call_type: "sales_call",
    ...(webhookUrl && { webhook_url: webhookUrl }),
  },
  // Your own id of the call does well here: the same call is then never analysed twice.
  idempotencyKey: randomUUID(),
});
console.log(`Job ${accepted.job_id} is ${accepted.status}, about ${accepted.estimated_time}`);

const job = await finished(accepted.job_id);
if (job.status !== "completed") {
  throw new Error(`The analysis ended as ${job.status}${job.error ? `: ${job.error.code}` : ""}`);
}
console.log(`Job ${job.job_id} is ${job.status}, overall score ${job.results.overall_score}`);
