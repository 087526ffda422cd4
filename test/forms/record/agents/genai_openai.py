import os

os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "span_only"
os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"

from loop import run
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from otel import tracing
from tools import SESSION, TOOLS

provider = tracing()
OpenAIInstrumentor().instrument(tracer_provider=provider)
tracer = provider.get_tracer("order-agent")

with tracer.start_as_current_span("invoke_agent order-agent") as span:
    span.set_attribute("gen_ai.operation.name", "invoke_agent")
    span.set_attribute("gen_ai.agent.name", "order-agent")
    span.set_attribute("gen_ai.conversation.id", SESSION)
    run(TOOLS)
provider.shutdown()
