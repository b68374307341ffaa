import { Refusal } from './records.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface Attached {
  readonly record: Json;
  readonly filename: string | null;
  readonly content: Buffer | null;
}

export function jsonOf(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json; // an object that is no list
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Refusal(400, 'Request is not valid JSON.');
}

/** The parts of a form, as Django takes them: whole, or not at all. */
export function formOf(type: string, body: Buffer): Attached {
  const boundary = /boundary=([^;]+)/.exec(type)?.[1];
  if (!boundary) throw new Refusal(400, 'Invalid boundary in multipart: None');
  const separator = Buffer.from(`\r\n--${boundary}`);
  const parts: Buffer[] = [];
  let rest = Buffer.concat([Buffer.from('\r\n'), body]);
  for (let end = rest.indexOf(separator); end >= 0; end = rest.indexOf(separator)) {
    parts.push(rest.subarray(0, end));
    rest = rest.subarray(end + separator.length);
  }
  if (!rest.subarray(0, 2).equals(Buffer.from('--'))) throw new Refusal(400, 'The form has no end.');
  let found: Attached = { record: {}, filename: null, content: null };
  let text: string | null = null;
  for (const part of parts.slice(1)) {
    const gap = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, gap).toString('utf8');
    const content = part.subarray(gap + 4);
    const name = /name="([^"]*)"/.exec(head)?.[1];
    if (name === 'json_data') text = content.toString('utf8');
    if (name === 'attached_file') found = { ...found, filename: /filename="([^"]*)"/.exec(head)?.[1] ?? null, content };
  }
  if (text === null) throw new Refusal(500, "MultiValueDictKeyError: 'json_data'");
  return { ...found, record: jsonOf(text) };
}
