"""The loan agent of loan.ts in Python, with coroutines: loan.py careless|careful."""

import asyncio
import json
import os
import re
import sys

from holdpoint_instrument import open_session


async def real_tool():
    raise SystemExit("a real tool was called")


async def main(careful):
    asked = os.environ["HOLDPOINT_EVAL_INPUT"]
    applicant = re.search(r"APL-\d+", asked).group()
    messages = [{"role": "user", "content": asked}]
    with open_session(agent="loan-agent", objective="Decide the application.", endpoint="http://127.0.0.1:9") as session:

        async def step(content, name=None, **args):
            function = {"name": name, "arguments": json.dumps(args)}
            calls = [{"id": f"c-{len(messages)}", "type": "function", "function": function}] if name else None
            message = {"role": "assistant", "content": content, "tool_calls": calls}
            answer = {"model": "loan-model-1", "choices": [{"message": message}]}

            async def model():
                return answer

            await session.atraced_model_call(model, model="loan-model-1", messages=list(messages))
            messages.append(message)
            if name is None:
                return None
            call_id = calls[0]["id"]
            result = await session.atraced_tool_call(real_tool, name=name, args=args, call_id=call_id)
            messages.append({"role": "tool", "tool_call_id": call_id, "content": json.dumps(result)})
            return result

        income = (await step(None, "verify_income", applicant_id=applicant)).get("annual_income")
        if income is None and careful:
            await step("The income service answered without annual_income, so nothing is decided.")
            session.end("tool_error")
            return
        await step(None, "send_letter", applicant_id=applicant, text="Your application is declined.")
        await step(f"{applicant} was declined.")


asyncio.run(main(sys.argv[1] == "careful"))
