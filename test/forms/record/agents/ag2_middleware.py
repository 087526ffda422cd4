import asyncio

from ag2 import Agent, tool
from ag2.config import OpenAIConfig
from ag2.middleware import TelemetryMiddleware
from otel import tracing
from tools import QUESTION, SESSION, lookup_order, notify_customer

provider = tracing()
telemetry = TelemetryMiddleware(
    tracer_provider=provider,
    agent_name="order-agent",
    provider_name="openai",
    model_name="order-model",
    span_attributes={"session.id": SESSION},
)
agent = Agent(
    "order-agent",
    "You look after orders.",
    config=OpenAIConfig("order-model"),
    tools=[tool(lookup_order), tool(notify_customer)],
    middleware=[telemetry],
)
asyncio.run(agent.ask(QUESTION))
provider.shutdown()
