"""Kong's plugins by what becomes of them."""

from typing import Final

__all__ = ["CARRIED", "HARMLESS"]

CARRIED: Final = frozenset({"jwt", "acl", "rate-limiting", "request-termination"})
"""Those that are carried over."""

HARMLESS: Final = frozenset(
    {
        # They answer no request, or only those that ask for no app.
        "acme",
        "cors",
        "correlation-id",
        # They tell others what happened.
        "app-dynamics",
        "datadog",
        "file-log",
        "http-log",
        "kafka-log",
        "loggly",
        "opentelemetry",
        "prometheus",
        "solace-log",
        "statsd",
        "statsd-advanced",
        "syslog",
        "tcp-log",
        "udp-log",
        "zipkin",
        # They change what is sent, or how.
        "exit-transformer",
        "grpc-gateway",
        "grpc-web",
        "jq",
        "request-transformer",
        "request-transformer-advanced",
        "response-transformer",
        "response-transformer-advanced",
        # They choose where it goes, or answer again what was answered.
        "canary",
        "forward-proxy",
        "graphql-proxy-cache-advanced",
        "proxy-cache",
        "proxy-cache-advanced",
        "route-by-header",
        "route-transformer-advanced",
        "upstream-oauth",
        "upstream-timeout",
    }
)
"""Those without which nobody passes who would not with them.

Every other one, one of one's own included, may keep somebody out.
"""
