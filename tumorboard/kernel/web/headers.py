"""What every answer tells the browser: run nothing foreign, keep nothing, tell nobody."""

from flask import Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types tb-fragment",
    )
)
A_YEAR_SECONDS = 31_536_000


SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
TRANSPORT = {"Strict-Transport-Security": f"max-age={A_YEAR_SECONDS}; includeSubDomains"}
REFERRER = "same-origin"


def add_headers(answer: Response) -> Response:
    """Add the security headers; pages are never stored, so that Back shows nothing after sign-out."""
    answer.headers.update(SECURITY)
    answer.headers.setdefault("Referrer-Policy", REFERRER)
    answer.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        answer.headers.update(TRANSPORT)
    return answer
