import os

from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from tools import QUESTION, SESSION, lookup_order, notify_customer
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow

Traceloop.init(
    app_name="order-agent",
    api_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    headers={"Authorization": "Bearer agent-key"},
    disable_batch=True,
)


@workflow(name="order-agent")
def main():
    Traceloop.set_association_properties({"session_id": SESSION})
    agent = create_agent(ChatOpenAI(model="order-model"), tools=[lookup_order, notify_customer], name="order-agent")
    agent.invoke({"messages": [("system", "You look after orders."), ("user", QUESTION)]})


main()
