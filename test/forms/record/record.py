"""Runs one agent against the two endpoints of serve.py and writes the OTLP it sent: record.py AGENT.py OUT.jsonl"""

import json
import os
import pathlib
import subprocess
import sys

from serve import serve

agent, out = sys.argv[1:3]
server, recording = serve()
here = f"http://127.0.0.1:{server.server_address[1]}"
env = {
    **os.environ,
    "OPENAI_BASE_URL": f"{here}/model/v1",
    "OPENAI_API_KEY": "not-a-key",
    "OTEL_EXPORTER_OTLP_ENDPOINT": here,
    "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Bearer%20agent-key",
    "OTEL_SERVICE_NAME": "order-agent",
    "TRACELOOP_TELEMETRY": "false",
    "PYTHONPATH": str(pathlib.Path(__file__).parent),
}
program = "node" if agent.endswith(".mjs") else sys.executable
subprocess.run([program, agent], env=env, check=True, timeout=120)
assert set(recording.headers) == {"Bearer agent-key"}, f"the key was not sent: {recording.headers}"
with open(out, "w", encoding="utf-8") as file:
    for request in recording.requests:
        text = json.dumps(request, ensure_ascii=False, sort_keys=True).replace(here, "http://model.example")
        file.write(text.replace(os.uname().nodename, "host") + "\n")
spans = [s["name"] for r in recording.requests for g in r["resourceSpans"] for c in g["scopeSpans"] for s in c["spans"]]
print(f"{out}: {len(recording.requests)} requests, {len(spans)} spans: {', '.join(spans)}")
