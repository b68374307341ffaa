import { logQuery } from '@kiln/client/documents';
import { client } from '../../lib/client.ts';
import { saveText } from './save-text.ts';

interface LogRef {
  readonly id: string;
  readonly task: number;
  readonly stream: 'STDOUT' | 'STDERR';
}

/** Reads a log from its beginning to where it is now, and has the browser save it. */
export async function saveLog(log: LogRef, name: string): Promise<void> {
  const parts: string[] = [];
  for (let offset = 0; ; ) {
    const { data } = await client.query({ query: logQuery, variables: { ...log, offset }, fetchPolicy: 'no-cache' });
    const chunk = data?.job?.task?.log;
    if (!chunk || chunk.nextOffset === offset) break;
    parts.push(chunk.text);
    offset = chunk.nextOffset;
    if (chunk.complete) break;
  }
  saveText(parts, 'text/plain;charset=utf-8', name);
}
