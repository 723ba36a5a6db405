"""HTTP to one engine: docker-py's low-level client, with our errors and our connection pools."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal, NoReturn

import requests
import urllib3.exceptions
from docker import APIClient
from docker.errors import DockerException
from docker.tls import TLSConfig

from boxtui.engine import faults, transport
from boxtui.engine.endpoint import TLS, Endpoint
from boxtui.engine.pools import TCPAdapter, UnixAdapter
from boxtui.engine.ssh import Forward
from boxtui.errors import BoxtuiError, EngineError, ReadOnlyError, UnsupportedError

Method = Literal["GET", "HEAD", "POST", "PUT", "DELETE"]
Body = bytes | Iterator[bytes] | None
CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 30.0
"""Seconds that a question may take; changes and streams take as long as they take."""
_EXEC = re.compile(r"/containers/[^/]+/exec\Z|/exec/[^/]+/(?:start|resize)\Z")
_BROKEN = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError)


class Wire:
    """One engine's HTTP API; thread-safe. Every failure is an error of boxtui's own."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        read_only: bool = False,
        allow_exec: bool = False,
    ) -> None:
        self.endpoint = endpoint
        self._read_only = read_only
        self._allow_exec = allow_exec
        self._forward = Forward(endpoint.url) if endpoint.scheme == "ssh" else None
        try:
            self._api = self._open()
        except BaseException:
            self.close()
            raise

    @property
    def api_version(self) -> str:
        """The version of the API that both sides know."""
        return str(self._api.api_version)

    def request(
        self,
        method: Method,
        path: str,
        *,
        doing: str,
        params: Mapping[str, Any] | None = None,
        body: Body = None,
        document: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        stream: bool = False,
    ) -> requests.Response:
        """Ask; `doing` completes "could not …". The answer's status is below 400."""
        self.check_allowed(method, path, doing)
        sent = dict(headers or {})
        if document is not None:
            body = json.dumps(document).encode()
            sent["Content-Type"] = "application/json"
        source = _Upload(body) if body is not None and not isinstance(body, bytes) else body
        send = partial(
            self._api.request,
            method,
            f"{self._api.base_url}/v{self._api.api_version}{path}",
            params=_plain(params),
            data=source,
            headers=sent,
            # the first holds while a body is sent, too: a busy disk may hold that up for longer
            timeout=(None if isinstance(source, _Upload) else CONNECT_TIMEOUT, timeout),
            stream=stream,
            allow_redirects=False,
        )
        try:
            answer = self._answer(send, again=method in {"GET", "HEAD"})
        except _BROKEN as error:
            if isinstance(source, _Upload) and source.error is not None:
                raise source.error from None
            self.fail(error)
        self._raise_for_status(answer, doing)
        return answer

    def _answer(self, send: Callable[[], requests.Response], *, again: bool) -> requests.Response:
        """Send it; what had been idle and broke under a question is asked once more.

        Changes are never sent twice: whether the first was carried out is unknown.
        """
        try:
            self._ensure_forward()
            answer = send()
            if answer.status_code >= 400:
                answer.content  # noqa: B018 - read it here, where a broken line is told
        except _BROKEN as error:
            if again and faults.dropped(error):
                return self._answer(send, again=False)
            raise
        return answer

    def get(
        self,
        path: str,
        *,
        doing: str,
        params: Mapping[str, Any] | None = None,
        timeout: float | None = READ_TIMEOUT,
    ) -> Any:
        """Ask a question and parse the JSON answered."""
        answer = self.request("GET", path, doing=doing, params=params, timeout=timeout)
        return self.parsed(answer, doing)

    def parsed(self, answer: requests.Response, doing: str) -> Any:
        """Give the JSON of an answer; what is none is one EngineError."""
        try:
            return answer.json()
        except (ValueError, RecursionError) as error:
            raise EngineError(
                f"could not {doing}: the engine's answer is no JSON",
                reason=repr(answer.content[:200]),
                status=answer.status_code,
            ) from error

    def take_over(
        self, path: str, document: Mapping[str, Any], *, doing: str
    ) -> transport.Upgraded:
        """POST, and make the connection a stream that goes both ways."""
        self.check_allowed("POST", path, doing)
        try:
            self._ensure_forward()
            connection = transport.dial(self.endpoint, self._socket_path(), CONNECT_TIMEOUT)
            try:
                # starting a program in a busy box takes a while
                connection.settimeout(READ_TIMEOUT)
                full = f"/v{self._api.api_version}{path}"
                answer = transport.upgrade(connection, full, document)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            self.fail(error)
        if isinstance(answer, transport.Refusal):
            connection.close()
            raise faults.refused(doing, answer.status, answer.words)
        return answer

    def check_allowed(self, method: str, path: str, doing: str) -> None:
        """Refuse every change under --read-only, before anything is sent."""
        if not self._read_only or method in {"GET", "HEAD"}:
            return
        if self._allow_exec and _EXEC.match(path):
            return
        raise ReadOnlyError(
            f"refused to {doing}: --read-only forbids every change",
            hint="start boxtui without --read-only",
        )

    def fail(self, error: BaseException) -> NoReturn:
        """Raise what a broken connection means; a dead ssh tells why in its own words."""
        told = self._forward.failure() if self._forward else None
        raise told or faults.unreachable(self.endpoint, error) from error

    def auth_header(self, image: str) -> dict[str, str]:
        """The operator's own credentials for the image's registry, from the docker CLI's store."""
        from docker import auth  # noqa: PLC0415 - only a pull needs it

        registry, _ = auth.resolve_repository_name(image)
        header = auth.get_config_header(self._api, registry)
        return {"X-Registry-Auth": header.decode()} if header else {}

    def close(self) -> None:
        """Give all connections up, and end the ssh that carried them."""
        with suppress(AttributeError):  # where opening failed there is none yet
            self._api.close()
        if self._forward is not None:
            self._forward.close()

    def _ensure_forward(self) -> None:
        if self._forward is not None:
            self._forward.ensure()

    def _open(self) -> APIClient:
        try:
            self._ensure_forward()
            api = _Client(self.endpoint, self._socket_path(), CONNECT_TIMEOUT)
        except BoxtuiError:
            raise
        except (DockerException, *_BROKEN) as error:
            self.fail(error)
        return api

    def _socket_path(self) -> str | None:
        if self._forward is not None:
            return str(self._forward.socket)
        scheme, _, rest = self.endpoint.url.partition("://")
        return rest if scheme == "unix" else None

    def _raise_for_status(self, answer: requests.Response, doing: str) -> None:
        if answer.status_code < 400:
            return
        try:
            words = str(answer.json()["message"])
        except (ValueError, KeyError, TypeError):
            words = answer.text.strip()[:2000]
        raise faults.refused(doing, answer.status_code, words.strip())


class _Client(APIClient):
    """docker-py's client over pools of our own, and deaf to proxies and CAs of the environment."""

    def __init__(self, endpoint: Endpoint, socket: str | None, timeout: float) -> None:
        self._socket = socket
        url = f"unix://{socket}" if socket else _http_url(endpoint)
        super().__init__(
            base_url=url,
            version="auto",
            timeout=int(timeout),
            tls=_tls_config(endpoint.tls) if endpoint.tls else False,
        )

    def _retrieve_server_version(self) -> str:
        # the first request of all: from here on every connection is from our pools
        self.trust_env = False
        # engines compress archives for whoever takes gzip, and slowly
        self.headers["Accept-Encoding"] = "identity"
        if self._socket:
            self.mount("http+docker://", UnixAdapter(self._socket))
        else:
            self.mount("http://", TCPAdapter())
            self.mount("https://", TCPAdapter())
        answer = self.get(f"{self.base_url}/version", timeout=self.timeout)
        try:
            version = answer.json()["ApiVersion"]
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError(
                f"what answers at {self.base_url} is no Docker engine",
                reason=f"HTTP status {answer.status_code}: {answer.text.strip()[:200]!r}",
                status=answer.status_code,
            ) from error
        return str(version)


class _Upload:
    """A body that is sent as it comes; what its source raises is kept apart from the line's."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.error: BaseException | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            # an empty chunk would end a chunked body early
            yield from filter(None, self._chunks)
        except BaseException as error:
            self.error = error
            raise


def _plain(params: Mapping[str, Any] | None) -> dict[str, Any]:
    """Booleans and objects as the API wants them in a query."""
    shape: dict[type, Callable[[Any], Any]] = {bool: int, dict: json.dumps}
    return {
        key: shape.get(type(value), lambda v: v)(value)
        for key, value in (params or {}).items()
        if value is not None
    }


def _http_url(endpoint: Endpoint) -> str:
    _, _, rest = endpoint.url.partition("://")
    return f"{'https' if endpoint.tls else 'http'}://{rest}"


def _tls_config(tls: TLS) -> TLSConfig:
    if bool(tls.cert) is not bool(tls.key):
        raise UnsupportedError(
            "TLS needs cert.pem and key.pem together", reason=f"found only {tls.cert or tls.key}"
        )
    return TLSConfig(
        client_cert=(str(tls.cert), str(tls.key)) if tls.cert else None,
        ca_cert=str(tls.ca) if tls.ca else None,
        verify=tls.verify,
    )
