import { z } from 'zod';
import { AgentView } from '../../web/views/agents.ts';
import { EvidenceView, SignOffView } from '../../web/views/incident/parts.ts';
import { StepView } from '../../web/views/incident/session.ts';
import { IncidentLineView, PendingSignOff } from '../../web/views/line.ts';
import { type Operation, operations } from './operations.ts';
import { ProblemBody } from './schemas.ts';

type Json = Record<string, unknown>;

/** Schemas that several answers share, by their names in the document. */
const SHARED: Readonly<Record<string, z.ZodType>> = {
  Problem: ProblemBody,
  Incident: IncidentLineView,
  PendingSignOff,
  SignOff: SignOffView,
  Evidence: EvidenceView,
  Step: StepView,
  Agent: AgentView,
};

const refOf = (name: string): string => `#/components/schemas/${name}`;

/** JSON Schema of every answer and body, once each. */
function componentsOf(io: 'input' | 'output', named: Readonly<Record<string, z.ZodType>>): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, unrepresentable: 'any', uri: refOf });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { $schema: _schema, $id: _id, ...rest } = schema as Json;
      return [name, rest];
    }),
  );
}

const parametersOf = (schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] => {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as Json;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
};

const TITLES: Readonly<Record<number, string>> = {
  200: 'Done',
  202: 'Received',
  304: 'What you have is current',
  400: 'A parameter or the body cannot be read',
  401: 'Nobody is signed in, or the key is not known',
  403: 'Not allowed',
  404: 'There is no such incident',
  408: 'The body came too slowly',
  409: 'Refused by the rules; the code says which',
  413: 'The body is too large',
  415: 'The content type is not taken',
  422: 'A field is not what it may be',
  503: 'Not available now; try again',
};

const SECURITY: Readonly<Record<Operation['who'], Json[]>> = {
  person: [{ personToken: [] }, { session: [] }],
  auditor: [{ personToken: [] }, { session: [] }],
  key: [{ sourceKey: [] }],
  anybody: [],
};

const bodyName = (id: string): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1)}Body`;

function responsesOf({ answerName, success, problems, tagged, who }: Operation): Json {
  const content = { 'application/json': { schema: { $ref: refOf(answerName) } } };
  const etag = { ETag: { schema: { type: 'string' }, description: 'send it as `If-None-Match`' } };
  const good = success.map(
    (status) =>
      [status, { description: TITLES[status], ...(tagged ? { headers: etag } : {}), content }] as const,
  );
  // Whoever is known and whatever is answered comes out of the database.
  const refused = who === 'anybody' ? problems : [...new Set([...problems, 503])].sort((a, b) => a - b);
  const bad = refused.map(
    (status) =>
      [
        status,
        {
          description: TITLES[status],
          content: { 'application/problem+json': { schema: { $ref: refOf('Problem') } } },
        },
      ] as const,
  );
  return Object.fromEntries([
    ...good,
    ...(tagged ? [[304, { description: TITLES[304] }] as const] : []),
    ...bad,
  ]);
}

function pathItem(id: string, operation: Operation): Json {
  const { summary, who, params, query, body } = operation;
  return {
    operationId: id,
    summary,
    ...(who === 'auditor' ? { description: 'Needs the role auditor.' } : {}),
    security: SECURITY[who],
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { $ref: refOf(bodyName(id)) } } },
          },
        }
      : {}),
    responses: responsesOf(operation),
  };
}

/** The API as an OpenAPI 3.1 document, from the same schemas that the server checks and answers with. */
export function openApi(): Json {
  const all: Readonly<Record<string, Operation>> = operations;
  const answers = Object.fromEntries(
    Object.values(all).map(({ answerName, answer }) => [answerName, answer]),
  );
  const bodies = Object.fromEntries(
    Object.entries(all).flatMap(([id, { body }]) => (body ? [[bodyName(id), body]] : [])),
  );
  const paths: Record<string, Json> = {};
  for (const [id, operation] of Object.entries(all))
    paths[operation.path] = { ...paths[operation.path], [operation.method]: pathItem(id, operation) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdpoint',
      version: '1',
      summary: 'Runs the incident when an AI agent fails while every dashboard is green',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { ...componentsOf('output', { ...SHARED, ...answers }), ...componentsOf('input', bodies) },
      securitySchemes: {
        personToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'the token of a person: people.<name>.tokenEnv',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'holdpoint',
          description: 'a browser session; for reading alone',
        },
        sourceKey: { type: 'http', scheme: 'bearer', description: 'a key of the section `keys`' },
      },
    },
  };
}
