import { logQuery } from '@kiln/client/documents';
import { client } from '../../lib/client.ts';

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
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
