"""What the server around the pages must not write down or keep."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Discretion:
    """The record numbers in the query of an address are the page's alone: whoever logs the request afterwards finds the
    query empty. No browser or proxy keeps the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI asks for it."""

        async def send_to_be_forgotten(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"cache-control", b"no-store")]
            await send(message)

        asked = dict(scope)
        if "query_string" in scope:  # of a request; the app's start and end have none
            scope["query_string"] = b""
        await self._app(asked, receive, send_to_be_forgotten)
