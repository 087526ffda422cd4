"""The Python half of instrument.ts: prints the microseconds that each call took, by name, as one JSON object."""

import json
import sys
import time

from holdpoint_instrument import open_session
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

CALLS, WARM_UP = int(sys.argv[1]), int(sys.argv[2])
RESULT = {"id": "AP-1", "rows": [{"row": i, "note": "x" * 24} for i in range(40)]}
MESSAGES = [
    {"role": "system", "content": "You decide loans. " * 20},
    {"role": "user", "content": "Decide AP-1 by the policy. " * 40},
]
ANSWER = {
    "id": "r-1",
    "model": "model-1",
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "I decline it. " * 30}}],
    "usage": {"prompt_tokens": 400, "completion_tokens": 90},
}


class Nowhere(SpanExporter):
    def export(self, spans):
        return SpanExportResult.SUCCESS


def measure(call):
    times = []
    for n in range(CALLS + WARM_UP):
        since = time.perf_counter()
        call()
        if n >= WARM_UP:
            times.append((time.perf_counter() - since) * 1e6)
        if n % 50 == 0:  # as an agent does: other work between calls
            time.sleep(0.002)
    return times


def floor():
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    tracer = provider.get_tracer("floor")

    def call():
        attributes = {
            "session.id": "s-1",
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "look",
            "gen_ai.tool.call.arguments": json.dumps({"id": "AP-1"}),
        }
        with tracer.start_as_current_span("execute_tool look", attributes=attributes) as span:
            span.set_attribute("gen_ai.tool.call.result", json.dumps(RESULT))

    return measure(call)


with open_session(agent="bench", objective="measure", token_budget=1_000_000) as session:
    measured = {
        "Python, bare SDK span (floor)": floor(),
        "Python, tool call": measure(
            lambda: session.traced_tool_call(lambda: RESULT, name="look", args={"id": "AP-1"})
        ),
        "Python, model call": measure(lambda: session.traced_model_call(lambda: ANSWER, model="m", messages=MESSAGES)),
    }
print(json.dumps(measured))
