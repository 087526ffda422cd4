"""What a Python agent imports to be recorded, and stopped, by Holdpoint: one file on the OpenTelemetry SDK.

    pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http

    with open_session(agent="loan-agent", objective="Decide the batch.") as session:
        answer = session.traced_model_call(lambda: client.chat.completions.create(**ask), **ask)
        result = session.traced_tool_call(lambda: look_up(**args), name="look_up", args=args)

Every span carries the session id; steps are numbered from 1, the session's own span being step 1. Before each call the
stop switch is asked (a cached lease): go, hold (the call waits) or stop (`AgentStopped`). Nothing in here breaks the
agent when Holdpoint is away. Python 3.9 or later; thread-safe; `atraced_*` are the same for coroutines.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import contextvars
import dataclasses
import hashlib
import hmac
import json
import logging
import os
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from typing import Any, Awaitable, Callable, Iterable, Mapping, Optional, Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

__all__ = ["AgentStopped", "Session", "SwitchUnreachable", "is_from_holdpoint", "open_session"]

OUTCOMES = ("completed", "tool_error", "bad_output", "timeout", "budget_exceeded")
AWAY_S = 5.0
# How often what was recorded is sent, and how soon again after it did not arrive.
FLUSH_S, RETRY_S = 0.2, 1.0
# An irreversible call waits no longer than this for what came before it to arrive; longer than Holdpoint waits for a stop.
IRREVERSIBLE_FLUSH_S = 1.5
REDACTION_FAILED = "[withheld: the redaction hook failed]"

Redact = Callable[[str, Any, Optional[str]], Any]


class AgentStopped(Exception):
    """Holdpoint stopped this session (or the agent): no further call may be made in it."""

    def __init__(self, scope: str, reason: str) -> None:
        super().__init__(f"Holdpoint stopped this {scope}{f': {reason}' if reason else ''}")
        self.scope = scope
        self.reason = reason


class SwitchUnreachable(Exception):
    """The switch could not be read, and this call may not be made without its word."""


# --- Sending -------------------------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class _Http:
    """Requests with the agent's key. Status 0 where there was no answer; a redirect is not followed."""

    def __init__(self, endpoint: str, api_key: str | None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._headers = {} if api_key is None else {"authorization": f"Bearer {api_key}"}
        self._opener = urllib.request.build_opener(_NoRedirect)

    def send(
        self, path: str, timeout_s: float, body: bytes | None = None, content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        headers = dict(self._headers) if body is None else {**self._headers, "content-type": content_type}
        request = urllib.request.Request(self.endpoint + path, data=body, headers=headers)
        try:
            with self._opener.open(request, timeout=timeout_s) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, b""
        except Exception:  # whatever the network does, the agent goes on
            return 0, b""


class _SpanQueue(SpanProcessor):
    """Keeps ended spans, bounded, until the endpoint takes them; beyond the bound the oldest are dropped and counted."""

    MAX_SPANS, MAX_CHARS, TIMEOUT_S = 128, 2_000_000, 5.0

    def __init__(self, http: _Http, warn: Callable[[str], None], max_queued_spans: int) -> None:
        self._http, self._warn, self._max = http, warn, max_queued_spans
        self._queue: deque[ReadableSpan] = deque()
        self._lock, self._sending = threading.Lock(), threading.Lock()
        self.sent = self.dropped = 0

    def on_end(self, span: ReadableSpan) -> None:
        with self._lock:
            self._queue.append(span)
            if len(self._queue) <= self._max:
                return
            self._queue.popleft()
            self.dropped += 1
            first = self.dropped == 1
        if first:
            self._warn(f"{self._http.endpoint} is away and {self._max} spans wait: the oldest are dropped now")

    def __len__(self) -> int:
        return len(self._queue)

    def _batch(self) -> list[ReadableSpan]:
        batch: list[ReadableSpan] = []
        chars = 0
        with self._lock:
            for span in self._queue:
                chars += 200 + sum(len(v) for v in (span.attributes or {}).values() if isinstance(v, str))
                if batch and (len(batch) >= self.MAX_SPANS or chars > self.MAX_CHARS):
                    break
                batch.append(span)
        return batch

    def _forget(self, batch: list[ReadableSpan]) -> None:
        # The queue may have lost its oldest spans meanwhile: remove by identity, not by count.
        gone = {id(span) for span in batch}
        with self._lock:
            while self._queue and id(self._queue[0]) in gone:
                self._queue.popleft()

    def flush(self, within_s: float = TIMEOUT_S) -> bool:
        """Sends what is queued; gives up, keeping the rest, when the endpoint fails or the time is over."""
        deadline = time.monotonic() + within_s
        # What is under way already may have been given longer.
        if not self._sending.acquire(timeout=within_s):
            return False
        try:
            while self._queue:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                batch = self._batch()
                body = encode_spans(batch).SerializeToString()
                status, _ = self._http.send(
                    "/v1/traces", min(left, self.TIMEOUT_S), body, "application/x-protobuf"
                )
                if status in (0, 408, 429) or status >= 500:
                    return False
                self._forget(batch)
                if 200 <= status < 300:
                    self.sent += len(batch)
                else:
                    self.dropped += len(batch)
                    self._warn(f"{self._http.endpoint} answered {status}: {len(batch)} spans dropped")
        finally:
            self._sending.release()
        return True

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self.flush(timeout_millis / 1000)

    def shutdown(self) -> None:
        self.flush()


# --- What a span says ----------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """Answers of model clients (pydantic, dataclasses) as plain values."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        return dump(exclude_none=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value


def _default(value: Any) -> Any:
    plain = _plain(value)
    return str(value) if plain is value else plain


def _json(value: Any) -> str:
    """JSON text of anything; never raises."""
    try:
        return json.dumps(value, default=_default, ensure_ascii=False, separators=(",", ":"))
    except Exception:
        return '"[not serialisable]"'


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _block(value: Any) -> list[dict[str, Any]]:
    value = _plain(value)
    if isinstance(value, str):
        return [{"type": "text", "content": value}] if value else []
    if not isinstance(value, Mapping):
        return []
    kind = value.get("type")
    if kind == "text":
        return [{"type": "text", "content": value.get("text", value.get("content", ""))}]
    if kind == "tool_use":
        call = {"id": value.get("id"), "name": value.get("name", ""), "arguments": value.get("input")}
        return [{"type": "tool_call", **call}]
    if kind == "tool_result":
        answer = {"id": value.get("tool_use_id"), "response": _parsed(value.get("content"))}
        return [{"type": "tool_call_response", **answer}]
    return [{**value, "type": kind or "unknown"}]


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [part for item in content for part in _block(item)] if isinstance(content, (list, tuple)) else _block(content)


def _message(value: Any) -> dict[str, Any]:
    value = _plain(value)
    if not isinstance(value, Mapping):
        return {"role": "user", "parts": _block(value if isinstance(value, str) else _json(value))}
    role = value.get("role") or "user"
    if isinstance(value.get("parts"), list):
        return {"role": role, "parts": _blocks(value["parts"])}
    if role == "tool":
        answer = {"id": value.get("tool_call_id"), "response": _parsed(value.get("content"))}
        return {"role": role, "parts": [{"type": "tool_call_response", **answer}]}
    parts = _blocks(value.get("content") or "")
    for call in map(_plain, value.get("tool_calls") or []):
        function = call.get("function") or {}
        arguments = _parsed(function.get("arguments"))
        parts.append(
            {"type": "tool_call", "id": call.get("id"), "name": function.get("name", ""), "arguments": arguments}
        )
    return {"role": role, "parts": parts}


def _to_parts(messages: Sequence[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Messages of OpenAI, Anthropic or semantic-convention form: the system's parts, and the other messages."""
    system: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for message in map(_message, messages):
        if message["role"] in ("system", "developer"):
            system.extend(message["parts"])
        else:
            others.append(message)
    return system, others


def read_model_answer(answer: Any) -> dict[str, Any]:
    """What a span says of an OpenAI-compatible or Anthropic answer; whatever is absent is left out, never guessed."""
    answer = _plain(answer)
    if isinstance(answer, str):
        return {"output": _to_parts([{"role": "assistant", "content": answer}])[1]}
    if not isinstance(answer, Mapping):
        return {}
    usage = answer.get("usage") or {}
    common = {"model": answer.get("model"), "response_id": answer.get("id")}
    if isinstance(answer.get("choices"), list):
        output, finish = [], []
        for choice in answer["choices"]:
            reason = choice.get("finish_reason")
            finish += [reason] if reason else []
            for message in _to_parts([choice.get("message") or {}])[1]:
                output.append({**message, "finish_reason": reason} if reason else message)
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        return {
            **common,
            "output": output,
            "finish_reasons": finish,
            "input_tokens": usage.get("prompt_tokens"),
            "output_tokens": usage.get("completion_tokens"),
            "cached_input_tokens": cached,
        }
    if isinstance(answer.get("content"), list):
        # Anthropic counts cached input apart; the semantic conventions include it in the input.
        cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
        tokens = usage.get("input_tokens")
        stop = answer.get("stop_reason")
        return {
            **common,
            "output": _to_parts([{"role": "assistant", "content": answer["content"]}])[1],
            "finish_reasons": [stop] if stop else [],
            "input_tokens": None if tokens is None else tokens + (cached or 0) + (written or 0),
            "output_tokens": usage.get("output_tokens"),
            "cached_input_tokens": cached,
        }
    return {}


def _summary(answer: Mapping[str, Any]) -> str:
    """The first words of the answer, or which tools it calls. Runbook, `step_summary`."""
    if answer.get("summary") is not None:
        return str(answer["summary"])
    parts = [part for message in answer.get("output") or [] for part in message["parts"]]
    words = " ".join(p["content"] for p in parts if p["type"] == "text" and isinstance(p.get("content"), str))
    if words.strip():
        return " ".join(words.split())[:400]
    calls = [str(p.get("name", "?")) for p in parts if p["type"] == "tool_call"]
    return f"Calls {', '.join(calls)}." if calls else "The model answered with nothing."


def _output_fields(result: Any) -> list[str]:
    """Top-level field names; of a list, those of its elements together."""
    if isinstance(result, (list, tuple)):
        return list(dict.fromkeys(key for item in result if isinstance(item, Mapping) for key in map(str, item)))
    return [str(key) for key in result] if isinstance(result, Mapping) else []


def _is_empty(result: Any) -> bool:
    return result is None or (isinstance(result, (str, list, tuple, Mapping)) and len(result) == 0)


def _present(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if value is not None}


# --- The stop switch -----------------------------------------------------------------------------------------------


@dataclasses.dataclass
class _Reading:
    verdict: str
    lease_s: float
    seq: int
    scope: str
    reason: str


class _Switch:
    """Reads the present verdict, at most once a lease, and takes the session's word to Holdpoint."""

    def __init__(self, http: _Http, agent: str, session_id: str, timeout_s: float, lease_s: float, warn: Any) -> None:
        self._http, self._timeout_s, self._lease_s, self._warn = http, timeout_s, lease_s, warn
        self._session_id = session_id
        self._path = f"/api/v1/agents/{urllib.parse.quote(agent, safe='')}/switch"
        self._last: tuple[_Reading | None, float] | None = None
        self._warned = self.is_away = False
        self.problem = "the stop switch was not asked"
        self._lock = threading.Lock()

    def cached(self) -> tuple[bool, _Reading | None]:
        last = self._last
        return (True, last[0]) if last is not None and time.monotonic() < last[1] else (False, None)

    def ask(self, fresh: bool) -> _Reading | None:
        """None where Holdpoint cannot be reached. `fresh` ignores the lease."""
        if fresh:
            return self._ask_now()
        with self._lock:  # one question at a time; who waited takes its answer
            known, reading = self.cached()
            return reading if known else self._ask_now()

    def _ask_now(self) -> _Reading | None:
        reading = self._request()
        self.is_away = reading is None
        if reading is None and self._last is not None and self._last[0] is not None and self._last[0].verdict != "go":
            reading = self._last[0]  # a hold or a stop that was already given stays in force
        # An address that swallows questions must not slow every call down: so long only the watch asks again.
        lease_s = AWAY_S if reading is None else min(reading.lease_s, self._lease_s)
        self._last = (reading, time.monotonic() + lease_s)
        return reading

    def _request(self) -> _Reading | None:
        query = urllib.parse.urlencode({"session": self._session_id})
        status, body = self._http.send(f"{self._path}?{query}", self._timeout_s)
        reading = _parse_reading(body) if status == 200 else None
        if reading is None:
            said = f"answered {status} without a verdict" if status else "cannot be reached"
            self.problem = f"the stop switch {said} ({self._http.endpoint}{self._path})"
            if not self._warned:
                self._warn(self.problem)
        self._warned = reading is None
        return reading

    def acknowledge(self, state: str, seq: int) -> bool:
        body = {"sessionId": self._session_id, "seq": seq, "state": state, "pid": os.getpid()}
        status, _ = self._http.send(f"{self._path}/ack", self._timeout_s, json.dumps(body).encode())
        return status == 200


def _parse_reading(body: bytes) -> _Reading | None:
    try:
        value = json.loads(body)
        verdict, lease_ms, seq = value["verdict"], value["leaseMs"], value["seq"]
        if verdict not in ("go", "hold", "stop") or not isinstance(seq, int):
            return None
        scope = "agent" if value.get("scope") == "agent" else "session"
        return _Reading(verdict, max(0.0, float(lease_ms) / 1000), seq, scope, str(value.get("reason") or ""))
    except (ValueError, KeyError, TypeError):
        return None


class _Flight:
    """A call under way. `waiting`: how many calls inside it wait at the gate, so that it does nothing itself."""

    def __init__(self, parent: _Flight | None) -> None:
        self.parent, self.waiting = parent, 0


#: The innermost call under way, by the gate of its session: one session may run inside a call of another.
_here: contextvars.ContextVar[Mapping[int, _Flight]] = contextvars.ContextVar("holdpoint_flights", default={})


class _Gate:
    """Stands before every call of a session, reads the switch beside them, and reports what the session does."""

    def __init__(self, switch: _Switch, options: Mapping[str, Any], on_halt: Callable[[str], None], on_resume: Any) -> None:
        self._switch, self._on_halt, self._on_resume = switch, on_halt, on_resume
        self._open_when_away = options["when_unreachable"] == "open"
        self._poll_s, self._wait_s = options["poll_s"], options["unreachable_wait_s"]
        self._lock, self._reporting = threading.RLock(), threading.RLock()
        self._is_reporting = False
        self._flights: set[_Flight] = set()
        self._cancels: set[Callable[[], None]] = set()
        self._wanted, self._seq = "running", 0
        self._reported: tuple[str, int] | None = None
        self.stopped: AgentStopped | None = None

    # Calls

    def fast(self, irreversible: bool) -> bool:
        """True where the cached lease lets the call pass without a question."""
        if irreversible or self.stopped is not None or self._wanted != "running":
            return False
        known, reading = self._switch.cached()
        return known and (self._open_when_away if reading is None else reading.verdict == "go")

    def wait(self, name: str, irreversible: bool) -> None:
        """Returns when the call may be made; blocks while held; raises `AgentStopped` or `SwitchUnreachable`."""
        started = time.monotonic()
        is_waiting = False
        while True:
            if self.stopped is not None:
                raise self.stopped
            reading = self._switch.ask(irreversible or is_waiting)
            if reading is None:
                is_waiting = True
                if self._open_when_away and not irreversible:
                    return
                waited = time.monotonic() - started
                if waited >= self._wait_s:
                    raise SwitchUnreachable(
                        f"{name} was not made: {self._switch.problem} for {waited * 1000:.0f} ms,"
                        " and this call is closed without the stop switch"
                    )
                time.sleep(min(self._poll_s, self._wait_s))
            elif reading.verdict == "go":
                return self.heed(reading)
            else:
                self._halt(reading)

    def _halt(self, reading: _Reading) -> None:
        self._mark(1)
        try:
            self.heed(reading)
            if self.stopped is None:
                time.sleep(self._poll_s)
        finally:
            self._mark(-1)

    def _mark(self, by: int) -> None:
        with self._lock:
            flight = _here.get().get(id(self))
            while flight is not None:
                flight.waiting += by
                flight = flight.parent

    @contextlib.contextmanager
    def flying(self) -> Any:
        around = _here.get()
        flight = _Flight(around.get(id(self)))
        with self._lock:
            self._flights.add(flight)
        token = _here.set({**around, id(self): flight})
        try:
            yield
        finally:
            _here.reset(token)
            with self._lock:
                self._flights.discard(flight)

    @contextlib.contextmanager
    def cancelling(self, cancel: Callable[[], None]) -> Any:
        """A stop calls `cancel` while the block runs."""
        with self._lock:
            self._cancels.add(cancel)
        try:
            if self.stopped is not None:
                cancel()
            yield
        finally:
            with self._lock:
                self._cancels.discard(cancel)

    # Verdicts and reports

    def heed(self, reading: _Reading) -> None:
        with self._lock:
            self._seq = max(self._seq, reading.seq)
            was = self._wanted
            if reading.verdict == "stop":
                self.stopped = self.stopped or AgentStopped(reading.scope, reading.reason)
                self._wanted = "stopped"
                cancels = list(self._cancels)
            elif reading.verdict == "hold":
                self._wanted, cancels = "paused", []
            elif was == "paused":
                self._wanted, cancels = "running", []
            else:
                return
        for cancel in cancels:
            cancel()
        if was == "paused" and self._wanted == "running":
            self._on_resume()
        self.settle()

    def look(self) -> None:
        """What the watch does: an idle or long-thinking agent answers too."""
        reading = self._switch.ask(self._switch.is_away) if self.stopped is None else None
        if reading is not None:
            self.heed(reading)

    def want(self, state: str, within_s: float = 60.0) -> None:
        with self._lock:
            self._wanted = state
        self.settle(within_s)

    def is_settled(self) -> bool:
        """True when nothing is to be reported now."""
        with self._lock:
            reported = self._reported is not None and self._reported[0] == self._wanted and self._reported[1] >= self._seq
            quiet = all(flight.waiting > 0 for flight in self._flights)
            return reported or (self._wanted in ("paused", "stopped") and not quiet)

    def is_away(self) -> bool:
        return self._switch.is_away

    def settle(self, within_s: float = 60.0) -> None:
        """Reports `paused` and `stopped` only while nothing is in flight, so that the report means it."""
        with self._reporting:
            if self._is_reporting:  # a callback of the agent's own that makes calls
                return
            self._is_reporting = True
            try:
                self._report(time.monotonic() + within_s)
            finally:
                self._is_reporting = False

    def _report(self, deadline: float) -> None:
        for _ in range(5):
            if self.is_settled() or time.monotonic() > deadline:
                return
            state, seq = self._wanted, self._seq
            if state != "running":
                self._on_halt(state)
            if self._wanted != state or self.is_settled():
                continue
            if self._switch.acknowledge(state, seq):
                self._reported = (state, seq)
            else:
                time.sleep(min(self._poll_s, 0.2))


# --- The session ---------------------------------------------------------------------------------------------------

#: The session and span of the call under way.
_current: contextvars.ContextVar[tuple[Any, Any] | None] = contextvars.ContextVar("holdpoint_span", default=None)


class Session:
    """One run of an agent. Made by `open_session`; ends with `end(outcome)` or with its `with` block."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.agent: str = options["agent"]
        self.session_id: str = options["session_id"] or f"{self.agent}-{secrets.token_hex(8)}"
        self._redact: Redact | None = options["redact"]
        self._warn = _quietly(options["on_warning"] or logging.getLogger("holdpoint").warning)
        self._on_hold = _quietly(options["on_hold"])
        http = self._http = _Http(options["endpoint"], options["api_key"])
        self._stage: str | None = options["stage"]
        self._queue = _SpanQueue(http, self._warn, options["max_queued_spans"])
        self._tracer = self._make_tracer(options["span_processors"])
        self._objective = str(self._redacted("objective", options["objective"], None))
        self._token_budget = options["token_budget"]
        self._irreversible = frozenset(options["irreversible_tools"])
        self._common = {
            "gen_ai.conversation.id": self.session_id,
            "session.id": self.session_id,
            "gen_ai.agent.name": self.agent,
        }
        self._lock = threading.Lock()
        self._last_ns, self._steps = 0, 1
        self._root: Any = None
        self._root_sent = self._ended = False
        self._wake, self._watch_s = threading.Event(), options["watch_s"]
        self._gate: _Gate | None = None
        if options["stop_switch"]:
            switch = _Switch(
                http, self.agent, self.session_id, options["switch_timeout_s"], options["lease_s"], self._warn
            )
            self._gate = _Gate(switch, options, self._on_halt, lambda: self._on_hold("resumed"))
            self._gate.wait("this session", False)
        self._root = self._start(f"invoke_agent {self.agent}", SpanKind.INTERNAL, None, options["spawned_by"])
        self._thread = threading.Thread(target=self._background, name="holdpoint", daemon=True)
        self._thread.start()
        atexit.register(self._at_exit)

    # Calls

    def traced_model_call(self, fn: Callable[[], Any], **call: Any) -> Any:
        """One model call: asks the stop switch, runs `fn`, records what went in and came out. Errors pass through.

        `model` and `messages` must be there; `provider`, `system`, `objective`, `state` and `read` (of an answer in
        another form) may. Other names, such as `tools` or `temperature`, are left aside.
        """
        return self._run(fn, *self._describe_model(call))

    def traced_tool_call(
        self,
        fn: Callable[[], Any],
        *,
        name: str,
        args: Any,
        call_id: str | None = None,
        irreversible: bool | None = None,
        contract: Mapping[str, Sequence[str]] | None = None,
        state: Any = None,
    ) -> Any:
        """One tool call, in the same way. `contract`: `{"required": […], "optional": […]}` of the response's fields."""
        described = self._describe_tool(name, args, call_id, irreversible, contract, state)
        return self._run(fn if self._stage is None else lambda: self._played(name, args), *described)

    def _played(self, tool: str, args: Any) -> Any:
        """What the tool answered in the session that `holdpoint eval run` plays back. The tool itself is not called."""
        body = _json({"tool": tool, "args": args}).encode()
        status, answer = self._http.send("/eval/tools", 30.0, body)
        played = json.loads(answer) if status == 200 else {}
        if not played.get("found"):
            raise LookupError(f"{tool} has no recorded answer in this eval case")
        if "error" in played:
            raise RuntimeError(str(played["error"]))
        return played.get("result")

    async def atraced_model_call(self, fn: Callable[[], Awaitable[Any]], **call: Any) -> Any:
        """`traced_model_call` for a coroutine. A stop cancels it, so that a long call does not hold the stop up."""
        return await self._arun(fn, *self._describe_model(call), cancellable=True)

    async def atraced_tool_call(
        self,
        fn: Callable[[], Awaitable[Any]],
        *,
        name: str,
        args: Any,
        call_id: str | None = None,
        irreversible: bool | None = None,
        contract: Mapping[str, Sequence[str]] | None = None,
        state: Any = None,
    ) -> Any:
        """`traced_tool_call` for a coroutine."""
        described = self._describe_tool(name, args, call_id, irreversible, contract, state)
        if self._stage is not None:

            async def fn() -> Any:
                return await asyncio.to_thread(self._played, name, args)

        return await self._arun(fn, *described, cancellable=False)

    def _pass(self, gate: _Gate, name: str, irreversible: bool) -> None:
        # What is asked for afresh is answered on everything up to here.
        if irreversible and not gate.is_away():
            self._queue.flush(IRREVERSIBLE_FLUSH_S)
        gate.wait(name, irreversible)

    def _run(self, fn: Any, name: str, kind: SpanKind, irreversible: bool, before: Any, after: Any) -> Any:
        gate = self._gate
        if gate is not None and not gate.fast(irreversible):
            self._pass(gate, name, irreversible)
        try:
            with gate.flying() if gate is not None else contextlib.nullcontext():
                with self._recorded(name, kind, before, after) as record:
                    return record(fn())
        finally:
            self._after_call()

    async def _arun(
        self, fn: Any, name: str, kind: SpanKind, irreversible: bool, before: Any, after: Any, cancellable: bool
    ) -> Any:
        gate = self._gate
        if gate is not None and not gate.fast(irreversible):
            await asyncio.to_thread(self._pass, gate, name, irreversible)
        try:
            with gate.flying() if gate is not None else contextlib.nullcontext():
                with self._recorded(name, kind, before, after) as record:
                    if gate is None or not cancellable:
                        return record(await fn())
                    return record(await self._cancellable(gate, fn))
        finally:
            self._after_call()

    async def _cancellable(self, gate: _Gate, fn: Any) -> Any:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(fn())
        with gate.cancelling(lambda: loop.call_soon_threadsafe(task.cancel)):
            try:
                return await task
            except asyncio.CancelledError:
                if gate.stopped is not None and task.cancelled():
                    raise gate.stopped from None
                task.cancel()
                raise

    def _after_call(self) -> None:
        if self._gate is not None and not self._gate.is_settled():
            self._wake.set()

    @contextlib.contextmanager
    def _recorded(self, name: str, kind: SpanKind, before: Any, after: Any) -> Any:
        with self._lock:
            self._steps += 1
            step = self._steps
        described = {**self._common, "agent.step": step, **_harmless(before)}
        span = self._start(name, kind, self._here())
        started = time.perf_counter()
        results: list[Any] = []

        def record(result: Any) -> Any:
            results.append(result)
            return result

        token = _current.set((self, span))
        try:
            # Spans that the agent's own instrumentation makes inside the call become its children.
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield record
        except BaseException as error:
            latency_ms = (time.perf_counter() - started) * 1000
            described.update(_harmless(lambda: {"error.type": type(error).__name__, **after(None, error, latency_ms)}))
            text = _harmless(lambda: {"text": self._error_text(error, None)}).get("text", "failed")
            span.set_status(Status(StatusCode.ERROR, str(text)))
            raise
        else:
            latency_ms = (time.perf_counter() - started) * 1000
            described.update(_harmless(lambda: after(results[0], None, latency_ms)))
        finally:
            _current.reset(token)
            span.set_attributes(_present(described))
            span.end(self._now())

    # Descriptions

    def _describe_model(self, call: Mapping[str, Any]) -> tuple[Any, ...]:
        model, messages = call["model"], call["messages"]

        def before() -> dict[str, Any]:
            system, others = _to_parts(messages)
            given = [] if call.get("system") is None else _blocks(call["system"])
            objective = call.get("objective")
            return {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": call.get("provider") or "unknown",
                "gen_ai.request.model": model,
                "gen_ai.system_instructions": self._json("system", given + system) if given or system else None,
                "gen_ai.input.messages": self._json("messages.in", others),
                "agent.objective": self._objective
                if objective is None
                else str(self._redacted("objective", objective, None)),
                "agent.state": self._state(call.get("state"), None),
                "holdpoint.session.token_budget": self._token_budget,
            }

        def after(result: Any, error: BaseException | None, _: float) -> dict[str, Any]:
            if error is not None:
                said = f"The model did not answer: {self._error_text(error, None)}"
                return {"gen_ai.output.messages": "[]", "step_summary": said, "agent.anomaly": ""}
            answer = (call.get("read") or read_model_answer)(result)
            output = answer.get("output")
            return {
                "gen_ai.response.model": answer.get("model"),
                "gen_ai.response.id": answer.get("response_id"),
                "gen_ai.response.finish_reasons": answer.get("finish_reasons") or None,
                "gen_ai.usage.input_tokens": answer.get("input_tokens"),
                "gen_ai.usage.output_tokens": answer.get("output_tokens"),
                "gen_ai.usage.cache_read.input_tokens": answer.get("cached_input_tokens"),
                "gen_ai.output.messages": None if output is None else self._json("messages.out", output),
                "step_summary": str(self._redacted("summary", _summary(answer), None)),
                "agent.anomaly": answer.get("anomaly") or "",
            }

        return f"chat {model}", SpanKind.CLIENT, False, before, after

    def _describe_tool(
        self, name: str, args: Any, call_id: str | None, irreversible: bool | None, contract: Any, state: Any
    ) -> tuple[Any, ...]:
        def before() -> dict[str, Any]:
            return {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": name,
                "gen_ai.tool.call.id": call_id,
                "gen_ai.tool.call.arguments": self._json("tool.arguments", args, name),
                "agent.state": self._state(state, name),
            }

        def after(result: Any, error: BaseException | None, latency_ms: float) -> dict[str, Any]:
            latency = {"tool.latency_ms": round(latency_ms, 2)}
            if error is not None:
                text = _json({"error": self._error_text(error, name)})
                failed = {"tool.status": "error", "tool.output_fields": "error", "gen_ai.tool.call.result": text}
                return {**latency, **failed, "agent.anomaly": ""}
            plain = _plain(result)
            fields = _output_fields(plain)
            status, unexpected = "empty" if _is_empty(plain) else "ok", None
            if contract is not None and status == "ok":
                known = {*contract.get("required", ()), *contract.get("optional", ())}
                unexpected = [field for field in fields if field not in known]
                if unexpected or any(field not in fields for field in contract.get("required", ())):
                    status = "schema_drift"
            return {
                **latency,
                "tool.status": status,
                "tool.output_fields": ",".join(fields),
                "tool.unexpected_fields": ",".join(unexpected or ()) or None,
                "gen_ai.tool.call.result": self._json("tool.result", plain, name),
                "agent.anomaly": "TOOL_SCHEMA_DRIFT" if status == "schema_drift" else "",
            }

        return f"execute_tool {name}", SpanKind.INTERNAL, self._is_irreversible(name, irreversible), before, after

    def _is_irreversible(self, name: str, given: bool | None) -> bool:
        return name in self._irreversible if given is None else given

    def _redacted(self, field: str, value: Any, tool: str | None) -> Any:
        if self._redact is None:
            return value
        try:
            return self._redact(field, value, tool)
        except Exception:  # the value itself must not leave then
            return REDACTION_FAILED

    def _json(self, field: str, value: Any, tool: str | None = None) -> str:
        return _json(self._redacted(field, value, tool))

    def _state(self, state: Any, tool: str | None) -> str | None:
        return None if state is None else self._json("state", state, tool)

    def _error_text(self, error: BaseException, tool: str | None) -> str:
        return str(self._redacted("error", str(error) or type(error).__name__, tool))

    # Spans

    def _make_tracer(self, processors: Iterable[SpanProcessor]) -> Any:
        # Never the agent's own provider: a sampler meant for its metrics must not thin out the trace of an incident.
        resource = Resource(
            {"service.name": self.agent, "telemetry.sdk.language": "python", "telemetry.sdk.name": "opentelemetry"}
        )
        provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        for processor in (self._queue, *map(_QuietProcessor, processors)):
            provider.add_span_processor(processor)
        return provider.get_tracer("holdpoint.instrument")

    def _now(self) -> int:
        """Wall time at microsecond steps; never twice the same, so that steps keep their order."""
        with self._lock:
            self._last_ns = max(self._last_ns + 1000, time.time_ns() // 1000 * 1000)
            return self._last_ns

    def _start(self, name: str, kind: SpanKind, parent: Any, spawned_by: tuple[str, str] | None = None) -> Any:
        context = Context() if parent is None else trace.set_span_in_context(parent, Context())
        links = [] if spawned_by is None else [Link(_span_context(*spawned_by))]
        return self._tracer.start_span(name, context, kind, links=links, start_time=self._now())

    def _finish(self, outcome: str | None, halted: str | None) -> None:
        """Ends the session's own span; once that is sent, the outcome goes into a step of its own."""
        with self._lock:
            is_first, self._root_sent = not self._root_sent, True
            if not is_first and outcome is not None:
                self._steps += 1
            step = 1 if is_first else self._steps
        if self._root is None or (not is_first and outcome is None):
            return
        span = self._root if is_first else self._start(f"end_session {self.agent}", SpanKind.INTERNAL, self._root)
        described = {
            **self._common,
            "gen_ai.operation.name": "invoke_agent" if is_first else None,
            "agent.step": step,
            "agent.objective": self._objective,
            "agent.anomaly": "",
            "holdpoint.session.token_budget": self._token_budget,
            "holdpoint.session.outcome": outcome,
            "holdpoint.session.halted": halted,
        }
        span.set_attributes(_present(described))
        span.end(self._now())

    def _here(self) -> Any:
        """The span of this session's call under way, else its own: another session's call is none of ours."""
        current = _current.get()
        return current[1] if current is not None and current[0] is self else self._root

    # Life

    @property
    def trace_id(self) -> str:
        return self.current_step()[0]

    @property
    def steps(self) -> int:
        """Steps so far, this session's own root included."""
        return self._steps

    def current_step(self) -> tuple[str, str]:
        """Trace and span id of the call in flight: give it to a session that this one starts, as `spawned_by`."""
        context = self._here().get_span_context()
        return f"{context.trace_id:032x}", f"{context.span_id:016x}"

    def _on_halt(self, state: str) -> None:
        """A halted session is whole for whoever seals it now: its own span does not wait for its end."""
        if state in ("paused", "stopped"):
            self._on_hold(state)
            self._finish(None, state) if self._root is not None else None
        self._queue.flush(2.0)

    def _background(self) -> None:
        if self._gate is not None:
            self._gate.settle()
        look_at = flush_at = time.monotonic()
        while not self._ended:
            self._wake.wait(min(FLUSH_S, self._watch_s) if self._watch_s > 0 else FLUSH_S)
            self._wake.clear()
            if self._ended:
                return
            now = time.monotonic()
            if self._gate is not None:
                self._gate.settle()
                if self._watch_s > 0 and now >= look_at:
                    self._gate.look()
                    look_at = now + min(1.0, self._watch_s)
            if now >= flush_at:
                flush_at = now + (FLUSH_S if self._queue.flush() else RETRY_S)

    def end(self, outcome: str | None = "completed") -> None:
        """Ends the session with its outcome and waits, for a bounded time, until its spans are sent."""
        if outcome is not None and outcome not in OUTCOMES:
            raise ValueError(f"outcome: {outcome!r} is not known; give one of {', '.join(OUTCOMES)}")
        with self._lock:
            if self._ended:
                return
            self._ended = True
        atexit.unregister(self._at_exit)
        self._wake.set()
        stopped = self._gate is not None and self._gate.stopped is not None
        self._finish(outcome, "stopped" if stopped else None)
        is_away = self._gate is not None and self._gate.is_away()
        self._queue.flush(0.5 if is_away else _SpanQueue.TIMEOUT_S)
        if self._gate is not None:
            self._gate.settle(2.0) if stopped else self._gate.want("ended", 2.0)

    def _at_exit(self) -> None:
        self.end(None)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if error is None:
            return self.end()
        if isinstance(error, AgentStopped):
            return self.end(None)
        self.end("timeout" if isinstance(error, (TimeoutError, asyncio.TimeoutError)) else "tool_error")


def open_session(
    *,
    agent: str,
    objective: str,
    endpoint: str | None = None,
    api_key: str | None = None,
    session_id: str | None = None,
    token_budget: int | None = None,
    irreversible_tools: Iterable[str] = (),
    stop_switch: bool = True,
    when_unreachable: str = "open",
    redact: Redact | None = None,
    spawned_by: tuple[str, str] | None = None,
    span_processors: Iterable[SpanProcessor] = (),
    on_warning: Callable[[str], None] | None = None,
    on_hold: Callable[[str], None] | None = None,
    lease_s: float = 0.5,
    poll_s: float = 0.25,
    watch_s: float = 1.0,
    switch_timeout_s: float = 1.0,
    unreachable_wait_s: float = 30.0,
    max_queued_spans: int = 10_000,
) -> Session:
    """Opens a session: waits while the agent is held, raises `AgentStopped` when it is stopped.

    `endpoint` and `api_key` default to `HOLDPOINT_URL` and `HOLDPOINT_KEY`; any OTLP endpoint does where `stop_switch`
    is False. `when_unreachable` ("open" or "closed") is what calls do while Holdpoint is away; `irreversible_tools` are
    closed then in any case, and asked for afresh each time. `on_warning` hears of what does not arrive; without it, the
    logger `holdpoint`. `redact(field, value, tool)` gives what may leave the agent.
    `spawned_by` is `current_step()` of the session that started this one.
    """
    options = dict(locals())
    # Under `holdpoint eval run` its stage, whatever the code says.
    options["stage"] = os.environ.get("HOLDPOINT_EVAL_URL") or None
    options["endpoint"] = options["stage"] or endpoint or os.environ.get("HOLDPOINT_URL") or ""
    options["api_key"] = api_key or os.environ.get("HOLDPOINT_KEY") or None
    parts = urllib.parse.urlsplit(options["endpoint"])
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(
            f"endpoint: {options['endpoint']!r} is no address; give one like http://127.0.0.1:8080, or set HOLDPOINT_URL"
        )
    if when_unreachable not in ("open", "closed"):
        raise ValueError(f'when_unreachable: {when_unreachable!r} is not known; give "open" or "closed"')
    return Session(options)


def is_from_holdpoint(
    secret: str, timestamp: str | None, signature: str | None, body: bytes, now_s: float | None = None
) -> bool:
    """Whether a call to an agent's control endpoint comes from Holdpoint, within five minutes.

    `timestamp` and `signature` are the headers `X-Holdpoint-Timestamp` and `X-Holdpoint-Signature`.
    """
    if timestamp is None or signature is None or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    if len(timestamp) > 12 or abs((time.time() if now_s is None else now_s) - int(timestamp)) > 300:
        return False
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v1={digest}".encode(), signature.encode())


def _harmless(describe: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Whatever goes wrong while a span is described, the agent goes on."""
    try:
        return describe()
    except Exception:
        return {"holdpoint.instrument.error": "this call could not be described"}


def _quietly(callback: Callable[[str], None] | None) -> Callable[[str], None]:
    """A callback of the agent's own must not break it."""

    def call(text: str) -> None:
        if callback is not None:
            with contextlib.suppress(Exception):
                callback(text)

    return call


class _QuietProcessor(SpanProcessor):
    """A destination of the agent's own must not break it."""

    def __init__(self, processor: SpanProcessor) -> None:
        self._processor = processor

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        with contextlib.suppress(Exception):
            self._processor.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        with contextlib.suppress(Exception):
            self._processor.on_end(span)


def _span_context(trace_id: str, span_id: str) -> SpanContext:
    return SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
