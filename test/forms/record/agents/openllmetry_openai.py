import os

from loop import run
from tools import SESSION, TOOLS
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import tool, workflow

Traceloop.init(
    app_name="order-agent",
    api_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    headers={"Authorization": "Bearer agent-key"},
    disable_batch=True,
)
traced = {name: tool(name=name)(function) for name, function in TOOLS.items()}


@workflow(name="order-agent")
def main():
    Traceloop.set_association_properties({"session_id": SESSION})
    run(traced)


main()
