import asyncio
import os

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.llms.openai_like import OpenAILike
from openinference.instrumentation import using_session
from openinference.instrumentation.llama_index import LlamaIndexInstrumentor
from otel import tracing
from tools import QUESTION, SESSION, lookup_order, notify_customer

provider = tracing()
LlamaIndexInstrumentor().instrument(tracer_provider=provider)


async def main():
    llm = OpenAILike(
        model="order-model",
        api_base=os.environ["OPENAI_BASE_URL"],
        api_key="not-a-key",
        is_chat_model=True,
        is_function_calling_model=True,
    )
    agent = FunctionAgent(
        name="order-agent",
        tools=[lookup_order, notify_customer],
        llm=llm,
        system_prompt="You look after orders.",
        streaming=False,
    )
    with using_session(SESSION):
        await agent.run(QUESTION)


asyncio.run(main())
provider.shutdown()
