"""``diagnose()``: all that is looked for, in a gate, its file and its app."""

import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from jwtgate.configs import load
from jwtgate.configs.formats import Format
from jwtgate.doctor import (
    appchecks,
    carrierchecks,
    filechecks,
    lifechecks,
    policychecks,
    routechecks,
    secretchecks,
    storechecks,
    tokenchecks,
)
from jwtgate.doctor.files import ConfigFile
from jwtgate.doctor.finding import Finding, Rule
from jwtgate.doctor.subject import Subject
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.settings import Settings

__all__ = ["RULES", "diagnose", "diagnose_file"]

_CHECKS = (
    filechecks,
    policychecks,
    carrierchecks,
    tokenchecks,
    secretchecks,
    lifechecks,
    routechecks,
    storechecks,
    appchecks,
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for checks in _CHECKS for rule in checks.RULES}
)
"""All that is looked for, by code."""


def diagnose(
    gate: Gate | Settings,
    *,
    file: str | os.PathLike[str] | None = None,
    format: Format | None = None,  # noqa: A002 - as load() has it
    environ: Mapping[str, str] | None = None,
    app: object = None,
    at: float | None = None,
) -> tuple[Finding, ...]:
    """Look for what is weak in a gate.

    Args:
        gate: The gate, or its settings.
        file: What it was loaded from: it is looked at, too, and findings have its
            paths.
        format: Whose format that is; None finds out.
        environ: The variables it was loaded with; the process's own if left out.
        app: The app that it guards; see :func:`jwtgate.surface.survey`.
        at: Seconds since the epoch, for which credentials are retired; now if left out.

    Returns:
        The findings, errors first. No secret is part of one.
    """
    settings = gate.settings if isinstance(gate, Gate) else gate
    written = None if file is None else _read(file, environ, format)
    now = time.time() if at is None else at
    findings = chain(
        () if written is None else filechecks.check_file(written),
        _of_settings(Subject.of(settings, written, now)),
        () if app is None else appchecks.check_app(app),
    )
    return _sorted(findings)


def diagnose_file(
    file: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002 - as load() has it
    environ: Mapping[str, str] | None = None,
    allow_dropped: Collection[str] = (),
    app: object = None,
    at: float | None = None,
) -> tuple[Finding, ...]:
    """Look for what is weak in a file; one that does not load is a finding.

    Args:
        file: The file.
        format: Whose format it is; None finds out.
        environ: The variables; the process's own if left out.
        allow_dropped: As for :func:`jwtgate.load`.
        app: The app that is guarded by it.
        at: Seconds since the epoch; now if left out.

    Returns:
        The findings, errors first. No secret is part of one.
    """
    try:
        gate = load(file, format=format, environ=environ, allow_dropped=allow_dropped)
    except ConfigurationError as error:
        found = chain(
            filechecks.check_load(error),
            filechecks.check_file(_read(file, environ, format)),
            () if app is None else appchecks.check_app(app),
        )
        return _sorted(found)
    return diagnose(gate, file=file, format=format, environ=environ, app=app, at=at)


def _of_settings(subject: Subject) -> Iterator[Finding]:
    secrets = list(secretchecks.check_secrets(subject))
    told = {each.path for each in secrets}
    for note in filechecks.check_report(subject.settings.report):
        # The reader of a gateway's file tells of short secrets, too.
        if note.path not in told:
            yield note
    for path, policy in subject.policies:
        yield from policychecks.check_policy(path, policy, subject)
        yield from carrierchecks.check_carriers(path, policy, subject)
        yield from tokenchecks.check_tokens(path, policy, subject)
    yield from secrets
    yield from lifechecks.check_lives(subject)
    yield from routechecks.check_routes(subject)
    yield from storechecks.check_stores(subject)


def _sorted(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    order: Sequence[str] = ("error", "warning", "info")
    # Stable: of one severity in the order in which it was looked for.
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda each: order.index(each.severity)))


def _read(
    file: str | os.PathLike[str],
    environ: Mapping[str, str] | None,
    format_: Format | None,
) -> ConfigFile:
    path = Path(file).absolute()
    return ConfigFile.read(path, os.environ if environ is None else environ, format_)
