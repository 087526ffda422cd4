from loop import run
from openinference.instrumentation import OITracer, TraceConfig, using_session
from openinference.instrumentation.openai import OpenAIInstrumentor
from otel import tracing
from tools import SESSION, TOOLS

provider = tracing()
OpenAIInstrumentor().instrument(tracer_provider=provider)
tracer = OITracer(provider.get_tracer("order-agent"), config=TraceConfig())
traced = {name: tracer.tool(tool) for name, tool in TOOLS.items()}

with using_session(SESSION), tracer.start_as_current_span("order-agent", openinference_span_kind="agent"):
    run(traced)
provider.shutdown()
