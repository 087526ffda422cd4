import protobuf from 'protobufjs';

const field = (id: number, type: string) => ({ id, type });

/** What OTLP/HTTP answers. */
const root = protobuf.Root.fromJSON({
  nested: {
    ExportTracePartialSuccess: {
      fields: { rejectedSpans: field(1, 'int64'), errorMessage: field(2, 'string') },
    },
    ExportTraceServiceResponse: { fields: { partialSuccess: field(1, 'ExportTracePartialSuccess') } },
    /** google.rpc.Status: what OTLP/HTTP answers errors with. */
    RpcStatus: { fields: { code: field(1, 'int32'), message: field(2, 'string') } },
  },
});

export const toProtobuf = (type: 'ExportTraceServiceResponse' | 'RpcStatus', message: object): Uint8Array => {
  const found = root.lookupType(type);
  return found.encode(found.fromObject(message)).finish();
};
