import { OpenTelemetry } from '@ai-sdk/otel';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { generateText, registerTelemetry, stepCountIs, tool } from 'ai';
import { z } from 'zod';

const provider = new NodeTracerProvider({
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
registerTelemetry(new OpenTelemetry());

const model = createOpenAICompatible({
  name: 'orders',
  baseURL: process.env.OPENAI_BASE_URL,
  apiKey: 'not-a-key',
});
const ask = () =>
  generateText({
    model: model('order-model'),
    system: 'You look after orders.',
    prompt: 'Where is order A-1042? Tell the customer if it is late.',
    stopWhen: stepCountIs(5),
    telemetry: { functionId: 'order-agent' },
    tools: {
      lookup_order: tool({
        description: 'Look an order up.',
        inputSchema: z.object({ order_id: z.string() }),
        execute: async ({ order_id }) => ({ order_id, status: 'delayed', arrives: '2026-12-01' }),
      }),
      notify_customer: tool({
        description: 'Send the customer of an order a message.',
        inputSchema: z.object({ order_id: z.string(), message: z.string() }),
        execute: async ({ order_id, message }) => ({ order_id, sent: true, length: message.length }),
      }),
    },
  });

// The AI SDK has no session: a span around the calls carries it.
const attributes = { 'session.id': 'order-session-7' };
await provider.getTracer('order-agent').startActiveSpan('order-agent', { attributes }, async (span) => {
  await ask();
  span.end();
});
await provider.shutdown();
