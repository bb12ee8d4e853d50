"""Which plugins are carried over, which are harmless, and which restrict.

Source: the plugins of APISIX 3.18, ``apisix/cli/config.lua``.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = [
    "CONSUMER_RESTRICTION",
    "JWT_AUTH",
    "LIMIT_COUNT",
    "blocks",
    "is_harmless",
]

JWT_AUTH: Final = "jwt-auth"
CONSUMER_RESTRICTION: Final = "consumer-restriction"
LIMIT_COUNT: Final = "limit-count"

_CARRIED = (JWT_AUTH, CONSUMER_RESTRICTION, LIMIT_COUNT)

# Without them nobody comes in who would be kept out.
_HARMLESS = frozenset(
    {
        # what is changed on the way, and where it goes
        *("attach-consumer-label", "body-transformer", "brotli", "cors", "gzip"),
        *("dubbo-proxy", "echo", "grpc-transcode", "grpc-web", "http-dubbo"),
        *("kafka-proxy", "proxy-buffering", "proxy-cache", "proxy-control"),
        *("proxy-mirror", "proxy-rewrite", "real-ip", "request-id"),
        *("response-rewrite", "traffic-label", "traffic-split"),
        *("aws-lambda", "azure-functions", "openfunction", "openwhisk"),
        *("ai", "ai-prompt-decorator", "ai-prompt-template", "ai-proxy"),
        *("ai-proxy-multi", "ai-rag", "ai-request-rewrite", "api-breaker"),
        # what is told of it
        *("clickhouse-logger", "elasticsearch-logger", "error-log-logger"),
        *("file-logger", "google-cloud-logging", "http-logger", "kafka-logger"),
        *("lago", "log-rotate", "loggly", "loki-logger", "rocketmq-logger"),
        *("skywalking-logger", "sls-logger", "splunk-hec-logging", "syslog"),
        *("tcp-logger", "tencent-cloud-cls", "udp-logger"),
        *("datadog", "inspect", "node-status", "opentelemetry", "prometheus"),
        *("server-info", "skywalking", "zipkin"),
    }
)

# On a consumer they are other ways to prove who calls; none is one here.
_CREDENTIALS = frozenset(
    {"basic-auth", "hmac-auth", "jwe-decrypt", "key-auth", "ldap-auth", "wolf-rbac"}
)


def is_harmless(name: str) -> bool:
    """Whether nobody comes in without this plugin who would be kept out."""
    return name in _HARMLESS


def blocks(
    plugins: object, at: Path, context: Context, *, of_consumer: bool = False
) -> Iterator[tuple[str, Path, Mapping[str, object]]]:
    """Give the blocks of the plugins that are carried over, and tell of the others.

    Args:
        plugins: What the member ``plugins`` of an entity holds.
        at: Where it is.
        context: Takes the notes and problems.
        of_consumer: Whether the entity is who calls.

    Raises:
        InvalidEntry: It holds no tables.
    """
    if plugins is None:
        return
    if not isinstance(plugins, dict):
        raise InvalidEntry('property "plugins" validation failed: wrong type')
    for name, block in plugins.items():
        if not isinstance(block, dict):
            raise InvalidEntry(f"invalid plugin conf for plugin [{name[:64]}]")
    for name, block in plugins.items():
        place = (*at, name)
        if name in _CARRIED:
            yield name, place, block
        elif not _is_off(block):
            _tell(name, place, context, of_consumer=of_consumer)


def _is_off(block: Mapping[str, object]) -> bool:
    meta = block.get("_meta")
    return isinstance(meta, dict) and meta.get("disable") is True


def _tell(name: str, at: Path, context: Context, *, of_consumer: bool) -> None:
    harmless = is_harmless(name) or (of_consumer and name in _CREDENTIALS)
    if harmless or name in context.allow_dropped:
        context.notes.add("dropped", at, "is not carried over")
    else:
        context.problems.add(
            at,
            f"{name[:64]} restricts access and is not carried over; leave it to what "
            "does it now and name it in allow_dropped",
        )
