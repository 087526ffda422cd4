import type { z } from 'zod';

/**
 * Says a zod issue the way Slack's Web API says it in `response_metadata.messages`:
 * `[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]`.
 */
export function complaintsOf(error: z.ZodError, root: string): string[] {
  return error.issues.flatMap((issue) => complain(issue, root, []));
}

export function complaint(what: string, pointer: string): string {
  return `[ERROR] ${what} [json-pointer:${pointer}]`;
}

type Issue = z.core.$ZodIssue;

function complain(issue: Issue, root: string, base: PropertyKey[]): string[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => complaint(`invalid additional property: ${key}`, pointer(root, path)));
  }
  if (issue.code === 'invalid_type' && issue.input === undefined && isMissing(issue)) {
    return [complaint(`missing required field: ${String(path.at(-1))}`, pointer(root, path.slice(0, -1)))];
  }
  return [complaint(wordsFor(issue), pointer(root, path))];
}

/** zod leaves `input` out of reported issues; its message is what tells a missing field from a wrong one. */
function isMissing(issue: Issue): boolean {
  return issue.message.endsWith('received undefined');
}

function wordsFor(issue: Issue): string {
  switch (issue.code) {
    case 'too_big':
      if (issue.origin === 'string') return `must be less than ${Number(issue.maximum) + 1} characters`;
      if (issue.origin === 'array') return `no more than ${issue.maximum} items allowed`;
      return `must be less than ${Number(issue.maximum) + 1}`;
    case 'too_small':
      if (issue.origin === 'string') return `must be more than ${Number(issue.minimum) - 1} characters`;
      if (issue.origin === 'array') return `no fewer than ${issue.minimum} items allowed`;
      return `must be more than ${Number(issue.minimum) - 1}`;
    case 'invalid_type':
      return `must provide ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_union':
      return 'unsupported type';
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`;
    default:
      return issue.message;
  }
}

function pointer(root: string, path: PropertyKey[]): string {
  return [root, ...path.map(String)].join('/');
}
