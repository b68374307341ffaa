import { isTaskFailureCode, type JournalEntry } from '@kiln/domain';

/** Entries of the whole lines in `bytes`, and how many bytes these lines are. Lines torn by a full disk are passed over. */
export function parseJournal(bytes: Uint8Array): { entries: JournalEntry[]; length: number; ended: boolean } {
  const length = bytes.lastIndexOf(10) + 1;
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1').split('\n');
  return { entries: lines.flatMap(entry), length, ended: lines.includes('end') };
}

function entry(line: string): JournalEntry[] {
  const match = /^(?:(started|lost) (\d+) (\d+)(?: ([A-Z_]+)(?: (.*))?)?|exited (\d+) (\d+) (\d+))$/.exec(line);
  if (!match) return [];
  const [, kind, task, at, why = 'LOST', words = '', exited, code, exitedAt] = match;
  if (kind === 'started') return [{ kind, task: Number(task), at: Number(at) * 10 }];
  if (kind === 'lost') return [{ kind, task: Number(task), at: Number(at) * 10, why: isTaskFailureCode(why) ? why : 'LOST', words }];
  return [{ kind: 'exited', task: Number(exited), at: Number(exitedAt) * 10, code: Number(code) }];
}
