"""A model endpoint with fixed answers and an OTLP endpoint that keeps what it is sent. Standard library and protobuf."""

import base64
import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MODEL = "order-model-2026-01"


def call(call_id, name, **arguments):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


TURNS = [
    {"content": None, "tool_calls": [call("call_1", "lookup_order", order_id="A-1042")]},
    {
        "content": None,
        "tool_calls": [
            call("call_2", "notify_customer", order_id="A-1042", message="Your order A-1042 arrives on 1 December.")
        ],
    },
    {"content": "Order A-1042 is delayed until 1 December. The customer has been told."},
]


def completion(messages):
    """The turn is the number of tool answers so far."""
    turn = sum(1 for message in messages if message["role"] == "tool")
    message = {"role": "assistant", **TURNS[min(turn, len(TURNS) - 1)]}
    return {
        "id": f"chatcmpl-{turn + 1}",
        "object": "chat.completion",
        "created": 1767225600,
        "model": MODEL,
        "choices": [
            {"index": 0, "message": message, "finish_reason": "tool_calls" if "tool_calls" in message else "stop"}
        ],
        "usage": {"prompt_tokens": 120 + 40 * turn, "completion_tokens": 20, "total_tokens": 140 + 40 * turn},
    }


def with_hex_ids(span):
    for key in ("traceId", "spanId", "parentSpanId"):
        if key in span:
            span[key] = base64.b64decode(span[key]).hex()
    for link in span.get("links", []):
        with_hex_ids(link)


class Recording:
    def __init__(self):
        self.requests = []
        self.headers = []
        self.lock = threading.Lock()

    def take(self, body, headers):
        request = MessageToDict(ExportTraceServiceRequest.FromString(body), use_integers_for_enums=True)
        for resource in request.get("resourceSpans", []):
            for scope in resource.get("scopeSpans", []):
                for span in scope.get("spans", []):
                    with_hex_ids(span)
        with self.lock:
            self.requests.append(request)
            self.headers.append(headers.get("authorization"))


def serve():
    recording = Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.body()
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            if self.path == "/v1/traces":
                recording.take(body, self.headers)
                return self.answer(b"", "application/x-protobuf")
            if self.path == "/model/v1/chat/completions":
                answer = completion(json.loads(body)["messages"])
                return self.answer(json.dumps(answer).encode(), "application/json")
            self.answer(b"{}", "application/json", 404)

        def body(self):
            if self.headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("content-length", 0)))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def answer(self, body, content_type, status=200):
            self.send_response(status)
            self.send_header("content-type", content_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, recording
