"""Agents of the tests, one a function. Run as: driver.py NAME; the address of Holdpoint is in HOLDPOINT_URL."""

import asyncio
import json
import sys
import threading
import time

import holdpoint_instrument
from holdpoint_instrument import AgentStopped, SwitchUnreachable, is_from_holdpoint, open_session

QUICK = {"poll_s": 0.01, "lease_s": 0.02}
CALL = {"id": "c-1", "type": "function", "function": {"name": "look", "arguments": '{"id":"AP-1"}'}}
ANSWER = {
    "id": "r-1",
    "model": "model-2026-01",
    "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "I look.", "tool_calls": [CALL]}}],
    "usage": {"prompt_tokens": 31, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 3}},
}
MESSAGES = [{"role": "system", "content": "You decide loans."}, {"role": "user", "content": "Decide AP-1."}]


def say(**facts):
    print(json.dumps(facts), flush=True)


def wait_for_line():
    return sys.stdin.readline()


def two_steps():
    """The same calls as the TypeScript agent of the parity test."""
    with open_session(
        agent="loan-agent", session_id="s-1", objective="Decide the batch.", token_budget=1000, api_key="key-1"
    ) as session:
        session.traced_model_call(
            lambda: ANSWER, model="model", provider="openai", messages=MESSAGES, state={"plan": ["look"]}, tools=[]
        )
        session.traced_tool_call(lambda: {"id": "AP-1", "income": 52000}, name="look", args={"id": "AP-1"}, call_id="c-1")
        session.traced_tool_call(lambda: [], name="list", args={})
        contract = {"required": ["income"], "optional": ["employer"]}
        session.traced_tool_call(lambda: {"employer": "x", "gross": 1}, name="look", args={}, contract=contract)
        try:
            session.traced_tool_call(fails, name="broken", args={})
        except ValueError:
            pass


def fails():
    raise ValueError("no such applicant")


def held():
    """Calls a tool for each line on stdin, and says how it went."""
    with open_session(
        agent="loan-agent", session_id="s-1", objective="x", watch_s=0, irreversible_tools=["send_letter"], **QUICK
    ) as session:
        say(opened=True)
        for line in iter(wait_for_line, "end\n"):
            try:
                say(result=session.traced_tool_call(lambda: "done", name=line.strip(), args={}))
            except AgentStopped as stopped:
                say(stopped=stopped.scope, reason=stopped.reason)
                raise


def before_irreversible():
    """Nothing is sent in the background: what has arrived when the letter is written was sent for its sake."""
    holdpoint_instrument.FLUSH_S = 600
    with open_session(
        agent="loan-agent", session_id="s-1", objective="x", watch_s=0, irreversible_tools=["send_letter"], **QUICK
    ) as session:
        while not session._gate.is_settled():
            time.sleep(0.01)  # its report wakes the background
        session.traced_tool_call(lambda: {"annual_income": 1}, name="verify_income", args={})
        say(verified=True)
        wait_for_line()

        def write():
            say(writing=True)
            return wait_for_line().strip()

        say(sent=session.traced_tool_call(write, name="send_letter", args={}))


def watched():
    """Calls nothing; a watch answers for it."""
    states = []
    with open_session(
        agent="loan-agent", session_id="s-1", objective="x", watch_s=0.01, on_hold=states.append, **QUICK
    ):
        say(opened=True)
        wait_for_line()
    say(states=states)


def in_flight():
    """A slow call in one thread, another call in the main thread."""
    with open_session(agent="loan-agent", session_id="s-1", objective="x", watch_s=0, **QUICK) as session:
        started, release = threading.Event(), threading.Event()

        def slow():
            started.set()
            release.wait()
            return "whole"

        thread = threading.Thread(
            target=lambda: say(slow=session.traced_tool_call(slow, name="slow", args={})), daemon=True
        )
        thread.start()
        started.wait()
        say(in_flight=True)
        wait_for_line()
        time.sleep(0.03)
        try:
            session.traced_tool_call(lambda: 1, name="look", args={})
        except AgentStopped:
            say(stopped=True)
        wait_for_line()
        release.set()
        thread.join()
        wait_for_line()


def cancelled():
    """A stop cancels a coroutine's model call."""

    async def main():
        with open_session(agent="loan-agent", session_id="s-1", objective="x", watch_s=0.01, **QUICK) as session:

            async def forever():
                say(in_flight=True)
                await asyncio.sleep(600)

            try:
                await session.atraced_model_call(forever, model="m", messages=[])
            except AgentStopped:
                say(stopped=True)

    asyncio.run(main())


def nested():
    async def main():
        with open_session(agent="loan-agent", session_id="s-1", objective="x") as session:

            async def inner():
                return "x"

            async def outer():
                return await session.atraced_model_call(inner, model="inner", messages=[])

            await session.atraced_tool_call(outer, name="outer", args={})

    asyncio.run(main())


def spawned():
    """A session inside a call of another one, which it belongs to by a link."""
    with open_session(agent="outer", session_id="s-outer", objective="x") as outer:

        def delegate():
            with open_session(
                agent="inner", session_id="s-inner", objective="y", spawned_by=outer.current_step()
            ) as inner:
                return inner.traced_tool_call(lambda: "done", name="look", args={})

        outer.traced_tool_call(delegate, name="delegate", args={})


def away():
    session = open_session(
        agent="a", objective="x", irreversible_tools=["send_letter"], unreachable_wait_s=0.05, on_warning=warn, **QUICK
    )
    say(look=session.traced_tool_call(lambda: "done", name="look", args={}))
    sent = []
    try:
        session.traced_tool_call(lambda: sent.append(1), name="send_letter", args={})
    except SwitchUnreachable as error:
        say(unreachable=str(error), sent=sent)
    session.end("tool_error")
    try:
        open_session(agent="a", objective="x", when_unreachable="closed", unreachable_wait_s=0.05, **QUICK)
    except SwitchUnreachable:
        say(closed=True)


def warn(text):
    say(warning=text[:40])


def hostile():
    """Whatever the agent's values and callbacks do, the agent goes on and nothing leaves that should not."""

    def redact(field, value, tool):
        if field == "tool.result":
            raise RuntimeError("a bug in the hook")
        return {"applicant": "***"} if field == "tool.arguments" and tool == "look" else value

    class Broken:
        def on_start(self, *_):
            raise RuntimeError("a bug")

        on_end = on_start

    cyclic = {"a": 1}
    cyclic["self"] = cyclic
    with open_session(
        agent="a", objective="x", redact=redact, span_processors=[Broken()], stop_switch=False
    ) as session:
        session.traced_tool_call(lambda: {"ssn": "078-05-1120"}, name="look", args={"applicant": "AP-7"})
        session.traced_tool_call(lambda: "x", name="cyclic", args=cyclic)
        session.traced_model_call(lambda: "x", model="m", messages=[], read=lambda answer: 1 / 0)
        session.traced_model_call(lambda: object(), model="m2", messages=[object()])


def forgotten():
    """Never ended: what it did is sent all the same when the process ends."""
    session = open_session(agent="a", objective="x")
    session.traced_tool_call(lambda: "x", name="look", args={})


def wrong():
    for more in ({"endpoint": "holdpoint"}, {"when_unreachable": "maybe"}):
        try:
            open_session(**{"agent": "a", "objective": "x", **more})
        except ValueError as error:
            say(error=str(error))
    session = open_session(agent="a", objective="x", stop_switch=False)
    try:
        session.end("fine")
    except ValueError as error:
        say(error=str(error))
    session.end()


def signed():
    secret, timestamp, signature, body = json.loads(wait_for_line())
    now = int(timestamp)
    say(
        ok=is_from_holdpoint(secret, timestamp, signature, body.encode(), now),
        late=is_from_holdpoint(secret, timestamp, signature, body.encode(), now + 301),
        other=is_from_holdpoint(secret, timestamp, signature, b"other", now),
        nothing=is_from_holdpoint(secret, None, None, b"", now),
    )


globals()[sys.argv[1]]()
