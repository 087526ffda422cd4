import { Tokenizer, TokenParser, TokenType, type ParsedElementInfo } from '@streamparser/json';
import { decodeAttributes, readSpan } from '../../forensics/read/otlp-json.ts';
import { own } from '../../forensics/read/json.ts';
import { emptyAttributes, type Attributes, type RawSpan } from '../../forensics/read/raw-span.ts';

const GROUPS = ['$.resourceSpans.*', '$.*.resourceSpans.*'];
const SPANS = ['scopeSpans', 'instrumentationLibrarySpans'].map((scopes) => `${scopes}.*.spans.*`);
const PATHS = GROUPS.flatMap((group) => [`${group}.resource`, ...SPANS.map((spans) => `${group}.${spans}`)]);
const STRING_BUFFER_BYTES = 64 * 1024;

/** Takes a whole number beyond 2^53 as text with every digit, as `parseJson` does. */
class ExactTokenizer extends Tokenizer {
  written = '';
  protected override parseNumber(text: string): number {
    this.written = text;
    return Number(text);
  }
}
const isTooLong = (text: string): boolean => /^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text));

export interface SpanSink {
  take: (span: RawSpan) => void;
  warn: (sentence: string) => void;
  /** What the file's kind cannot hold of any session. */
  limit?: (sentence: string) => void;
}

/** A request, or a list of requests, too long to be held at once: span after span as its bytes come. */
export interface JsonDocument {
  /** Throws where it is no JSON. */
  write: (bytes: Uint8Array) => void;
  /** Throws where something is missing. */
  end: () => void;
}

export const openJsonDocument = ({ take, warn }: SpanSink): JsonDocument => {
  const tokenizer = new ExactTokenizer({ stringBufferSize: STRING_BUFFER_BYTES });
  const values = new TokenParser({ paths: PATHS, keepStack: false });
  let [group, spans]: [string | null, number] = [null, 0];
  let resource: Attributes = emptyAttributes();

  /** The keys down to the group of spans of one resource say which it is. */
  const enter = (stack: ParsedElementInfo['stack']): void => {
    const keys = stack.map(({ key }) => String(key));
    const here = keys.slice(0, keys.indexOf('resourceSpans') + 2).join('/');
    if (here === group) return;
    [group, spans] = [here, 0];
    resource = emptyAttributes();
  };
  values.onValue = ({ key, value, stack }) => {
    if (key === 'resource') {
      enter([...stack]);
      if (spans > 0) warn('the resource of some spans stands behind them in the file and was not read');
      resource = decodeAttributes(own(value, 'attributes'));
      return;
    }
    enter(stack);
    spans += 1;
    const span = readSpan(value, resource, warn);
    if (span) take(span);
  };
  tokenizer.onToken = (token) => {
    const { written } = tokenizer;
    const isExact = token.token !== TokenType.NUMBER || !isTooLong(written);
    values.write(isExact ? token : { ...token, token: TokenType.STRING, value: written });
  };
  return {
    write: (bytes) => tokenizer.write(bytes),
    end: () => {
      if (!values.isEnded) values.end();
    },
  };
};
