"""Connections to a gateway: its address, a proxy, certificates."""

import re
import ssl
from functools import cache
from typing import Any
from urllib.request import getproxies, proxy_bypass

from urllib3 import PoolManager, ProxyManager, Timeout
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, make_headers, parse_url

from include.extraction.errors import Refusal
from include.settings import Extraction, Gateway


def address(gateway: Gateway) -> Url:
    """The gateway's address. Raises `Refusal` if nothing could be asked there."""
    try:
        url = parse_url(gateway.url)
    except LocationParseError:
        url = Url()
    host = url.netloc or ""
    if url.scheme not in ("http", "https") or not url.host:
        raise Refusal(f"gateway [{host}]: its address is no http or https URL; correct the setting", "setting")
    if not re.fullmatch(r"[\x21-\x7e]+", gateway.token):  # else the HTTP library's own error would print it
        raise Refusal(
            f"gateway [{host}]: its token is empty or holds what no header can; correct the setting", "setting"
        )
    return url


def connections(url: Url, limits: Extraction) -> PoolManager:
    """Connections to a gateway, one for each part that is fetched at once; through a proxy where the environment names
    one. They retry nothing and follow nothing: that is the client's business."""
    scheme, host = url.scheme or "", url.host or ""
    options: dict[str, Any] = {
        "maxsize": limits.parts_at_once,
        "timeout": Timeout(connect=limits.connect_seconds, read=limits.read_seconds),
        "retries": False,
        "ssl_context": certificates() if scheme == "https" else None,
    }
    proxy = None if proxy_bypass(host) else getproxies().get(scheme)
    if proxy is None:
        return PoolManager(**options)
    return ProxyManager(proxy, proxy_headers=make_headers(proxy_basic_auth=parse_url(proxy).auth), **options)


@cache
def certificates() -> ssl.SSLContext:
    """One for all clients of a process: reading the certificates takes longer than a small export."""
    return ssl.create_default_context()  # the system's, or what SSL_CERT_FILE names
