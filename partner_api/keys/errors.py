"""Why a key does not open what it was shown for, or can't be made as asked."""

from __future__ import annotations

from bot.errors import BadRequest, Conflict, Forbidden, NotFound, TooManyRequests, Unauthenticated


class MissingKey(Unauthenticated):
    code = "missing_key"
    message = "Send your API key as one `Authorization: Bearer pk_...` header and its secret as `X-API-Secret: sk_...`."


class MissingSecret(Unauthenticated):
    code = "missing_secret"
    message = "Send your API key's secret as one `X-API-Secret: sk_...` header."


class InvalidKey(Unauthenticated):
    """Unknown, of another kind, or with a wrong secret: which of these is nobody's to learn."""

    code = "invalid_key"
    message = (
        "The API key and its secret don't open this API. `Authorization` takes a whole `pk_sandbox_` or "
        "`pk_production_` key, and `X-API-Secret` the `sk_` secret that was shown with it."
    )


class KeyExpired(Unauthenticated):
    code = "key_expired"
    message = "This API key has expired. Ask the platform's operator for a new one."


class KeyRevoked(Unauthenticated):
    code = "key_revoked"
    message = "This API key was revoked."


class KeyInactive(Unauthenticated):
    code = "key_inactive"
    message = "This API key is switched off at present."


class IpNotAllowed(Forbidden):
    code = "ip_not_allowed"
    message = "This API key may not be used from your IP address."


class CompanyBound(Forbidden):
    code = "company_bound"
    message = "This API key is bound to one company and may not do that."


class RateLimited(TooManyRequests):
    code = "rate_limited"
    message = "This API key has made too many requests within a minute."


class NoSuchKey(NotFound):
    message = "There is no API key with this id."


class NoSuchPartner(NotFound):
    message = "There is no partner with this id or name."


class AmbiguousPartner(Conflict):
    code = "ambiguous_partner"
    message = "More than one partner has this name: give the id."


class SlotsInUse(Conflict):
    code = "slots_in_use"
    message = "A partner can't have fewer slots than it uses."


class KeyEnded(Conflict):
    code = "key_ended"
    message = "This API key is revoked or has expired."


class WrongKeyRequest(BadRequest):
    """A key that makes no sense was asked for; the message says what to mend."""


class MissingOperatorKey(Unauthenticated):
    code = "missing_operator_key"
    message = "Send an operator's key as one `Authorization: Bearer op_...` header."


class InvalidOperatorKey(Unauthenticated):
    """Unknown, expired or revoked: which of these is nobody's to learn."""

    code = "invalid_operator_key"
    message = "This operator's key is unknown, expired or revoked."


class NoSuchOperatorKey(NotFound):
    message = "There is no operator's key with this id."
