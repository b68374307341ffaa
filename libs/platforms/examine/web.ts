import { type Finding, KnownError, type PlatformFacts, type WebKey } from '@kiln/domain';
import { indexOf, NoIndex, needFile } from '../files/http/files.ts';
import type { IndexEntry } from '../files/http/index-page.ts';
import { refusal } from '../files/http/trouble.ts';
import { Web } from '../files/http/web.ts';
import type { Examined } from './examine.ts';

export interface WebExamination {
  readonly url: string;
  readonly key: WebKey;
  readonly report: (findings: readonly Finding[]) => Promise<void>;
  /** Stores the key, once the server was read with it. */
  readonly keep: (key: WebKey) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Looks whether a web server answers, lets Kiln in, lists what it has, and gives parts of files. */
export async function examineWeb({ url, key, report, keep, signal }: WebExamination): Promise<Examined> {
  const findings: Finding[] = [];
  const found = async (finding: Finding) => {
    signal.throwIfAborted();
    findings.push(finding);
    await report(findings);
  };
  const web = new Web(url, async () => key, signal, 30_000);
  try {
    const { status, drop, ...answer } = await web.ask('');
    drop();
    const line = web.base.protocol === 'https:' ? 'its certificate is good' : 'what passes is not encrypted';
    if (status === 401 || status >= 500 || status === 429) throw refusal({ status, drop, ...answer });
    await found({ name: 'Connection', status: 'ok', message: `${web.base.href} answers; ${line}.` });
    await found(status === 403 ? FORBIDDEN : { name: 'Login', status: 'ok', message: WORDS[key.kind](key) });
    await keep(key);
    const entries = await indexOf(web, '').catch(noIndex);
    await found(entries instanceof NoIndex ? { name: 'Index', status: 'warning', message: entries.message } : ofIndex(entries));
    await found(await parts(web, entries instanceof NoIndex ? [] : entries));
    const facts: PlatformFacts = { home: '', root: web.base.href, cores: 0, scheduler: null };
    return { ready: true, findings, facts, hostKeys: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KnownError)) throw error;
    await found({ name: error.code === 'LOGIN_REFUSED' ? 'Login' : 'Connection', status: 'failed', message: error.message });
    return { ready: false, findings, facts: null, hostKeys: null };
  }
}

const WORDS: Readonly<Record<WebKey['kind'], (key: WebKey) => string>> = {
  open: () => 'No login is asked for.',
  login: (key) => `${key.kind === 'login' ? key.user : ''} is let in.`,
  token: () => 'The token is let in.',
};

/** It may show no folder, and give files for all that. */
const FORBIDDEN: Finding = {
  name: 'Login',
  status: 'warning',
  message: 'The address itself may not be read (403), so Kiln cannot tell whether it is let in: open one of its files to see.',
};

function noIndex(error: unknown): NoIndex {
  if (error instanceof NoIndex) return error;
  throw error;
}

function ofIndex(entries: readonly IndexEntry[]): Finding {
  const files = entries.filter(({ kind }) => kind === 'file').length;
  return {
    name: 'Index',
    status: 'ok',
    message: `Its index page lists ${counted(files, 'file')} and ${counted(entries.length - files, 'folder')}.`,
  };
}

const MOST_TRIED = 5;

/** Tried on the first file that can be read. */
async function parts(web: Web, entries: readonly IndexEntry[]): Promise<Finding> {
  const files = entries.filter(({ kind }) => kind === 'file').slice(0, MOST_TRIED);
  let refused: KnownError | null = null;
  for (const { name } of files) {
    try {
      return await partsOf(web, name);
    } catch (error) {
      if (!(error instanceof KnownError) || error.retryable) throw error;
      refused ??= error;
    }
  }
  if (!refused) return { name: 'Parts', status: 'ok', message: 'Not tried: no file is directly in it.' };
  const message = `Not tried: none of the first files that it lists (${files.length}) can be read. ${refused.message}`;
  return { name: 'Parts', status: 'warning', message };
}

async function partsOf(web: Web, name: string): Promise<Finding> {
  const answer = await web.ask(name, { headers: { range: 'bytes=0-0' } });
  answer.drop();
  if (answer.status !== 416) needFile(answer, name);
  if (answer.status === 206)
    return { name: 'Parts', status: 'ok', message: 'It gives parts of files: what is cut goes on where it stopped.' };
  const message = 'It gives no parts of files: what is cut begins again, and of large files only the first 32 MiB are shown.';
  return { name: 'Parts', status: 'warning', message };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
