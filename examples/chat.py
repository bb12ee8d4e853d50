"""A chat over WebSocket that knows who speaks: ``python -m examples.chat``."""

import asyncio
import time
from collections import deque

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from jwtgate import Authenticated, Gate, MemoryStore, Policy
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.issue import issue

store = MemoryStore()
credentials = {
    name: store.create_credential(store.create_consumer(username=name))
    for name in ("jack", "jill")
}
gate = Gate(store, Policy(cookie_names=("__Host-session",)))
members: set[WebSocket] = set()
said: deque[dict[str, str | None]] = deque(maxlen=100)


async def chat(websocket: WebSocket) -> None:
    """Tell a member what was said, and everybody what the member says."""
    caller: Authenticated = websocket.scope["jwtgate"]
    await websocket.accept()
    for message in tuple(said):
        await websocket.send_json(message)
    members.add(websocket)
    try:
        # The gate judged the token at the handshake; a connection may outlive it.
        async with asyncio.timeout((caller.expires_at or 0) - time.time()):
            await _listen(websocket, caller.consumer.username)
    except TimeoutError:
        await websocket.close(1008, "the token expired")
    finally:
        members.discard(websocket)


async def _listen(websocket: WebSocket, username: str | None) -> None:
    while (event := await websocket.receive())["type"] == "websocket.receive":
        message = {"from": username, "text": (event.get("text") or "")[:500]}
        said.append(message)
        told = [member.send_json(message) for member in members]
        await asyncio.gather(*told, return_exceptions=True)


app = Starlette(
    routes=[WebSocketRoute("/chat", chat)],
    middleware=[Middleware(JWTGateMiddleware, gate=gate)],
)

if __name__ == "__main__":
    for name, credential in credentials.items():
        print(f"{name}'s token: {issue(credential, expires_in=900)}", flush=True)
    uvicorn.run(app)
