"""An agent without a framework: the OpenAI client, and a loop over its tool calls."""

import json

from openai import OpenAI
from tools import QUESTION, SCHEMAS


def run(tools):
    client = OpenAI()
    messages = [
        {"role": "system", "content": "You look after orders."},
        {"role": "user", "content": QUESTION},
    ]
    while True:
        answer = client.chat.completions.create(model="order-model", messages=messages, tools=SCHEMAS)
        message = answer.choices[0].message
        messages.append(message.model_dump(exclude_none=True))
        if not message.tool_calls:
            return message.content
        for call in message.tool_calls:
            result = tools[call.function.name](**json.loads(call.function.arguments))
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
