"""Credentials in Redis, which processes and machines share (the extra ``redis``).

Redis 6 or later, Valkey, and clusters of them. All keys of a store have one hash tag,
so that a cluster keeps them on one node::

    {jwtgate}:key:KEY                 a key's consumer and credentials, as JSON
    {jwtgate}:consumer:ID             a consumer, as JSON
    {jwtgate}:username:NAME           the id of the consumer
    {jwtgate}:custom_id:NAME          the id of the consumer
    {jwtgate}:consumers               in the order of creation: [number, id]
    {jwtgate}:consumers:tag:TAG       the same, of one tag
    {jwtgate}:credentials             in the order of creation: [number, key, kid]
    {jwtgate}:credentials:tag:TAG     the same, of one tag
    {jwtgate}:credentials:of:ID       the same, of one consumer
    {jwtgate}:credentials:both:[...]  the same, of one consumer and one tag
    {jwtgate}:number                  the last number
    {jwtgate}:commit:NAME             a change that was made, for half a minute

A look-up is one ``GET``. A change is one script, which sees that what the change rests
on is still so, makes all of it or nothing, and publishes it on the channel. A change
that is sent twice, since its answer was lost, happens once.

The server has to keep what it is given: ``maxmemory-policy noeviction``, as an evicted
credential is an unknown one, and ``appendonly yes``. Replicas lag: a failover may lose
the last changes. Who reads the server, its files or its log of slow commands, reads the
secrets, unless there is a keyring.

A user of the server needs ``~{jwtgate}:*`` and ``+get +mget`` for look-ups; for changes
also ``&jwtgate +eval +exists +set +del +incr +zadd +zrem +zcard +zrange +zrangebyscore
+publish``, and for a denylist ``+expire``.
"""

from jwtgate.stores.redis.astore import AsyncRedisStore
from jwtgate.stores.redis.store import RedisStore

__all__ = ["AsyncRedisStore", "RedisStore"]
