"""An OTLP/HTTP backend of Python's standard library: protobuf and JSON, as they are or gzipped."""

import gzip
import http.server
import ssl
import threading
import zlib

from google.protobuf import json_format

from .inbox import SIGNALS, Inbox

_PATHS = {signal.path: name for name, signal in SIGNALS.items()}
_JSON = "application/json"
_PROTOBUF = "application/x-protobuf"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections alive

    def do_POST(self):  # pylint: disable=invalid-name  (http.server's name)
        length = self.headers["content-length"]
        if length is None:
            self.server.inbox.complain(f"{self.path}: a body of unknown length")
            self.close_connection = True
            self._answer(411, _PROTOBUF, b"")
            return
        body = self.rfile.read(int(length))
        signal = _PATHS.get(self.path)
        content_type = self.headers["content-type"]
        if signal is None or content_type not in (_JSON, _PROTOBUF):
            self.server.inbox.complain(f"POST {self.path} of {content_type}")
            self._answer(404 if signal is None else 415, _PROTOBUF, b"")
            return
        try:
            self._take(signal, body, content_type == _JSON)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            self.server.inbox.complain(f"{self.path}: {error}")
            self._answer(400, content_type, b"")
            return
        response = SIGNALS[signal].response()
        text = json_format.MessageToJson(response).encode() if content_type == _JSON else response.SerializeToString()
        self._answer(200, content_type, text)

    def _take(self, signal, body, is_json):
        encoding = self.headers.get("content-encoding", "")
        if encoding == "gzip":
            body = gzip.decompress(body)
        elif encoding:
            raise ValueError(f"content encoding {encoding}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.inbox.accept(signal, body, headers, encoding, is_json)

    def _answer(self, status, content_type, body):
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin  (http.server's name)
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.inbox = Inbox()
        self._context = context

    def finish_request(self, request, client_address):
        """On the connection's own thread, so that no handshake keeps others waiting."""
        if self._context:
            try:
                request = self._context.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return  # a client that does not trust us, or has nothing to show
        super().finish_request(request, client_address)
        if self._context:
            request.close()

    def handle_error(self, request, client_address):
        pass  # connections that clients reset


class HttpReceiver:
    """Listens on a port of 127.0.0.1 from its construction to `stop`."""

    def __init__(self, certificates=None, needs_client_certificate=False):
        self._server = _Server(_context(certificates, needs_client_certificate) if certificates else None)
        self.inbox = self._server.inbox
        self.endpoint = f"{'https' if certificates else 'http'}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _context(certificates, needs_client_certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.server_key)
    if needs_client_certificate:
        context.load_verify_locations(certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
