"""An OTLP/gRPC backend of grpcio's."""

from concurrent import futures

import grpc

from .inbox import SIGNALS, Inbox

_MOST_BYTES = 64 << 20
_IDENTITY_ONLY = 1  # a bit for each of gRPC's compression algorithms


class GrpcReceiver:
    """Listens on a port of 127.0.0.1, or on a socket of the file system, from its construction to `stop`."""

    def __init__(self, certificates=None, needs_client_certificate=False, socket=None, knows_gzip=True):
        self.inbox = Inbox()
        options = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", _MOST_BYTES)]
        if not knows_gzip:
            options.append(("grpc.compression_enabled_algorithms_bitset", _IDENTITY_ONLY))
        self._server = grpc.server(futures.ThreadPoolExecutor(4), options=options)
        for name, signal in SIGNALS.items():
            handler = grpc.unary_unary_rpc_method_handler(self._export(name),
                                                          response_serializer=signal.response.SerializeToString)
            handlers = grpc.method_handlers_generic_handler(signal.service, {"Export": handler})
            self._server.add_generic_rpc_handlers((handlers,))
        address = f"unix:{socket}" if socket else "127.0.0.1:0"
        if certificates:
            port = self._server.add_secure_port(address, _credentials(certificates, needs_client_certificate))
        else:
            port = self._server.add_insecure_port(address)
        self.endpoint = address if socket else f"{'https' if certificates else 'http'}://127.0.0.1:{port}"
        self._server.start()

    def stop(self):
        self._server.stop(grace=1).wait()

    def _export(self, signal):
        def export(body, context):
            headers = {entry.key: entry.value for entry in context.invocation_metadata()}
            try:
                self.inbox.accept(signal, body, headers)
            except ValueError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error)[:200])
            return SIGNALS[signal].response()

        return export


def _credentials(certificates, needs_client_certificate):
    pair = (certificates.server_key.read_bytes(), certificates.server.read_bytes())
    return grpc.ssl_server_credentials([pair], certificates.ca.read_bytes() if needs_client_certificate else None,
                                       needs_client_certificate)
