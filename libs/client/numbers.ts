import { found } from './found.ts';
import { type NumberTable, numbersQuery } from './outcome-documents.ts';
import { type Connection, request } from './request.ts';

const PAGE = 5000;

/** Tables of some thousand tasks each, in the order of the tasks; there is one at least. */
export async function* readNumbers(
  connection: Connection,
  id: string,
  iteration: number | null,
): AsyncGenerator<NumberTable, void, undefined> {
  let after = 0;
  for (;;) {
    const table: NumberTable = found(id, (await request(connection, numbersQuery, { id, iteration, first: PAGE, after })).job).numbers;
    yield table;
    if (!table.more) return;
    after = table.tasks.at(-1) ?? after;
  }
}

/** One row for each task of a table: the task's number, its point of the sweep as text, what it came to. */
export function rowsOf({ tasks, swept, numbers }: NumberTable): readonly (readonly (string | number | null)[])[] {
  return tasks.map((task, at) => [
    task,
    ...swept.map(({ values }) => values[at] ?? ''),
    ...numbers.map(({ values }) => values[at] ?? null),
  ]);
}

/** The headings of `rowsOf`, no two of them the same: a swept parameter with the name of an output is told as `swept NAME`. */
export function headingsOf({ swept, numbers }: NumberTable): readonly string[] {
  const outputs = numbers.map(({ name }) => name);
  const taken = ['task', ...outputs];
  return ['task', ...swept.map(({ name }) => (taken.includes(name) ? `swept ${name}` : name)), ...outputs];
}
