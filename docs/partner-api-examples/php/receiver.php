<?php
// Receive callbacks, and verify them: php -S 0.0.0.0:3000 receiver.php

declare(strict_types=1);

const TOLERANCE_SECONDS = 5 * 60;

/** The documented signature: hex, keyed with the secret as text. Yours may be the one before a rotated secret. */
function hasPartnerSignature(string $secret, string $body): bool
{
    $expected = hash_hmac('sha256', $body, $secret);
    return hash_equals($expected, $_SERVER['HTTP_X_PARTNER_SIGNATURE'] ?? '')
        || hash_equals($expected, $_SERVER['HTTP_X_PARTNER_SIGNATURE_PREVIOUS'] ?? '');
}

/** Standard Webhooks: over id and time as well, so that old deliveries can't be played again. */
function hasStandardSignature(string $secret, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret));
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

/** Whether this delivery is here for the first time. Yours is a table with the id as its key. */
function isNew(string $id): bool
{
    return @fopen(sys_get_temp_dir() . '/delivery-' . hash('sha256', $id), 'x') !== false;
}

function answer(int $status, array $payload): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($payload);
}

$secret = getenv('PARTNER_WEBHOOK_SECRET') ?: throw new RuntimeException('Set PARTNER_WEBHOOK_SECRET.');
$body = file_get_contents('php://input');

if ($_SERVER['REQUEST_METHOD'] !== 'POST' || $_SERVER['REQUEST_URI'] !== '/webhook') {
    answer(404, ['error' => 'Not found']);
} elseif (!hasPartnerSignature($secret, $body) || !hasStandardSignature($secret, $body)) {
    error_log('refused');
    answer(401, ['error' => 'Invalid signature']);
} else {
    answer(200, ['received' => true]);
    if (isNew($_SERVER['HTTP_WEBHOOK_ID'])) {
        $event = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
        $score = $event['results']['overall_score'] ?? '';
        // What happens by itself, such as bot.owner_bound, has an `event` in place of a job.
        error_log(trim('accepted ' . ($event['event'] ?? "{$event['job_id']} {$event['status']} $score")));
    }
}
