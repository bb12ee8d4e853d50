"""``load()``: from a file to a gate that follows it."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import get_args

from jwtgate.configs.formats import Format
from jwtgate.configs.source import FileSource, Options
from jwtgate.denylist import AnyDenylist
from jwtgate.errors import ConfigurationError
from jwtgate.events import Events
from jwtgate.gate import Gate
from jwtgate.memo import DEFAULT_MEMO
from jwtgate.secrets import Secrets

__all__ = ["load"]


def load(  # noqa: PLR0913 - each of them by its name
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,  # noqa: A002 - what it is
    environ: Mapping[str, str] | None = None,
    watch: bool = False,
    allow_dropped: Collection[str] = (),
    strict: bool = False,
    quota_storage: str | None = None,
    secrets: Secrets | None = None,
    denylist: AnyDenylist | None = None,
    clock: Callable[[], float] = time.time,
    memo: int = DEFAULT_MEMO,
    events: Events | None = None,
) -> Gate:
    """Make a gate of a configuration file: jwtgate's own, Kong's or APISIX's.

    Args:
        path: A file whose name ends in ``.toml``, ``.json``, ``.yaml`` or ``.yml``;
            the last two need the extra ``yaml``.
        format: Whose format it is; None finds out: a file with ``_format_version``
            is Kong's or decK's, one with ``version`` is jwtgate's, else it is
            APISIX's standalone file.
        environ: Variables for references such as ``$env://NAME``, for variables in
            the text of a gateway's file, and for overrides of jwtgate's own such as
            ``JWTGATE_POLICY__REALM``; the process's own if left out.
        watch: Follow the file, and those that ``$file://`` references name: within
            about a second of a change the gate decides by it. A file that cannot
            work leaves the gate as it was and is logged once. Each process looks for
            itself, from its first request on.
        allow_dropped: Plugins of a gateway's file that restrict access, are not
            carried over, and may be left out all the same: ``["ip-restriction"]``.
        strict: Refuse a file of APISIX's for an entry that APISIX would skip.
        quota_storage: Where quotas count for which the file says nothing else than
            this process: ``redis://...`` for several processes.
        secrets: Secret managers of your own, for references such as
            ``$secret://mine/main/jack/secret``; one that has the name of one in the
            file stands in for it.
        denylist: Tells which tokens were revoked; see :mod:`jwtgate.denylists`.
        clock: Gives seconds since the epoch.
        memo: Verified tokens that are remembered; 0 for none.
        events: What is told of decisions; see :class:`jwtgate.events.Events`.

    What a ``$secret://`` reference stands for is followed in any case, from the first
    request of each process on, without reading the file again unless ``watch`` is set.

    Returns:
        A gate over a store with the file's consumers; its ``reload()`` reads the file
        again and asks the managers again, and its ``load_report`` tells what was not
        carried over.

    Raises:
        ConfigurationError: Every problem of the file, each with its path in the file
            and what was expected; never with a secret.
    """
    if format not in (None, *get_args(Format)):
        raise ConfigurationError(
            f"format must be one of: {', '.join(get_args(Format))}, or None"
        )
    if isinstance(allow_dropped, str):
        raise ConfigurationError("allow_dropped must be several names, not one text")
    options = Options(
        format=format,
        environ=os.environ if environ is None else environ,
        allow_dropped=frozenset(allow_dropped),
        strict=strict,
        quota_storage=quota_storage,
        watch=watch,
        secrets=secrets,
        denylist=denylist,
    )
    source = FileSource(Path(path).absolute(), options)
    gate = Gate.of(source.read(), clock=clock, memo=memo, events=events)
    source.lead(gate)
    return gate
