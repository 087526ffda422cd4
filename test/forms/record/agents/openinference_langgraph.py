from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from openinference.instrumentation import using_session
from openinference.instrumentation.langchain import LangChainInstrumentor
from otel import tracing
from tools import QUESTION, SESSION, lookup_order, notify_customer

provider = tracing()
LangChainInstrumentor().instrument(tracer_provider=provider)
agent = create_agent(ChatOpenAI(model="order-model"), tools=[lookup_order, notify_customer], name="order-agent")
with using_session(SESSION):
    agent.invoke({"messages": [("system", "You look after orders."), ("user", QUESTION)]})
provider.shutdown()
