"""Answers that the HTTP edge gives by itself, in S3's form, which clients show best."""

from html import escape

from deputize.protocol.message import Answer

# AWS's words where it has one for the status.
CODES = {
    408: "RequestTimeout",
    413: "EntityTooLarge",
    414: "RequestUriTooLong",
    431: "RequestHeaderSectionTooLarge",
    500: "InternalError",
    501: "NotImplemented",
    503: "ServiceUnavailable",
}


def refusal(status: int, reason: str) -> Answer:
    """An error document with `reason`, which holds nothing that the client sent."""
    written = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{CODES.get(status, 'BadRequest')}</Code><Message>{escape(reason)}</Message></Error>"
    )
    return Answer(status, (("content-type", "application/xml"),), written.encode())
