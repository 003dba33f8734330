<?php
// Create a company and an agent, hand in a call, wait for its analysis.

declare(strict_types=1);

const ATTEMPTS = 5;
const TIMEOUT_SECONDS = 30;

final class PartnerApiError extends RuntimeException
{
    public function __construct(public readonly int $status, public readonly string $errorCode, string $message)
    {
        parent::__construct("$status $errorCode: $message");
    }
}

/**
 * The parsed answer. The idempotency key is the same for all attempts: after a timeout nobody knows whether the
 * request arrived.
 */
function call(string $method, string $path, ?array $body = null, ?string $idempotencyKey = null): array
{
    $headers = [
        'Authorization: Bearer ' . getenv('PARTNER_API_KEY'),
        'X-API-Secret: ' . getenv('PARTNER_API_SECRET'),
        'Content-Type: application/json',
    ];
    if ($idempotencyKey !== null) {
        $headers[] = "Idempotency-Key: $idempotencyKey";
    }
    for ($attempt = 1; ; $attempt++) {
        [$status, $retryAfter, $answer] = send($method, $path, $headers, $body);
        if ($status >= 200 && $status < 300) {
            return $answer;
        }
        if (!mayRepeat($status, $retryAfter) || $attempt === ATTEMPTS) {
            throw new PartnerApiError(
                $status,
                $answer['error']['code'] ?? 'no_answer',
                $answer['error']['message'] ?? 'The API could not be reached.',
            );
        }
        sleep($retryAfter ?? 2 ** ($attempt - 1));
    }
}

/** Status (0 where there was no answer), Retry-After in seconds or null, and the parsed body. */
function send(string $method, string $path, array $headers, ?array $body): array
{
    $retryAfter = null;
    $request = curl_init(getenv('PARTNER_BASE_URL') . "/api/partner/v1$path");
    curl_setopt_array($request, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_HTTPHEADER => $headers,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => TIMEOUT_SECONDS,
        CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$retryAfter): int {
            if (preg_match('/^retry-after:\s*(\d+)/i', $line, $found)) {
                $retryAfter = (int) $found[1];
            }
            return strlen($line);
        },
    ]);
    if ($body !== null) {
        curl_setopt($request, CURLOPT_POSTFIELDS, json_encode($body, JSON_THROW_ON_ERROR));
    }
    $text = curl_exec($request);
    $status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);

    return [$status, $retryAfter, is_string($text) ? json_decode($text, true) ?? [] : []];
}

function mayRepeat(int $status, ?int $retryAfter): bool
{
    if ($status === 409) {
        return $retryAfter !== null;
    }
    return $status === 0 || $status === 408 || $status === 429 || $status >= 500;
}

function uuid(): string
{
    $bytes = random_bytes(16);
    $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
    $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
}

function finished(string $jobId): array
{
    while (true) {
        $job = call('GET', "/jobs/$jobId/status");
        if (in_array($job['status'], ['completed', 'failed', 'cancelled'], true)) {
            return $job;
        }
        sleep(1);
    }
}

$company = call('POST', '/companies/create', [
    'name' => 'Test Company',
    'industry' => 'retail',
    'contact_email' => 'admin@testcompany.com',
], uuid());
$agent = call('POST', "/companies/{$company['id']}/agents/create", [
    'email' => 'agent@testcompany.com',
    'name' => 'John Doe',
    'role' => 'agent',
], uuid());
$wanted = [
    'transcript' => "Agent: Good morning, how can I help you?\nCustomer: What does the annual plan cost?",
    'company_id' => $company['id'],
    'agent_id' => $agent['id'],
    'call_type' => 'sales_call',
];
if ($webhookUrl = getenv('PARTNER_WEBHOOK_URL')) {
    $wanted['webhook_url'] = $webhookUrl;
}
// Your own id of the call does well as the key: the same call is then never analysed twice.
$accepted = call('POST', '/calls/analyze', $wanted, uuid());
echo "Job {$accepted['job_id']} is {$accepted['status']}, about {$accepted['estimated_time']}\n";

$job = finished($accepted['job_id']);
if ($job['status'] !== 'completed') {
    $reason = isset($job['error']) ? ": {$job['error']['code']}" : '';
    throw new RuntimeException("The analysis ended as {$job['status']}$reason");
}
echo "Job {$job['job_id']} is {$job['status']}, overall score {$job['results']['overall_score']}\n";
