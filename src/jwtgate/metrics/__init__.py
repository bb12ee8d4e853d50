"""What a gate tells of its decisions, as metrics and on spans.

Each is an ``on_decision`` of :class:`jwtgate.events.Events`:
:class:`jwtgate.metrics.prometheus.PrometheusMetrics` (the extra ``prometheus``) and
:class:`jwtgate.metrics.otel.OpenTelemetry` (the extra ``otel``). Labels have values of
closed sets, or of the operator; never what a client chooses.
"""
