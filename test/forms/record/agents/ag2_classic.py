import os

from autogen import AssistantAgent, UserProxyAgent, register_function
from autogen.opentelemetry import instrument_agent, instrument_llm_wrapper
from otel import tracing
from tools import QUESTION, lookup_order, notify_customer

provider = tracing()
instrument_llm_wrapper(tracer_provider=provider, capture_messages=True)
config = {"config_list": [{"model": "order-model", "api_key": "not-a-key", "base_url": os.environ["OPENAI_BASE_URL"]}]}
agent = AssistantAgent("order-agent", system_message="You look after orders.", llm_config=config)
user = UserProxyAgent(
    "user",
    human_input_mode="NEVER",
    code_execution_config=False,
    is_termination_msg=lambda message: "has been told" in (message.get("content") or ""),
)
for function in (lookup_order, notify_customer):
    register_function(function, caller=agent, executor=user, description=function.__doc__)
instrument_agent(agent, tracer_provider=provider)
instrument_agent(user, tracer_provider=provider)
user.initiate_chat(agent, message=QUESTION, max_turns=6)
provider.shutdown()
