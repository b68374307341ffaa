import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LIMITS, jobDirectory, quoteAll, type TaskInput } from '@kiln/domain';
import { localStorage } from '@kiln/platforms/files/local';
import { oneMachine } from '@kiln/platforms/machines';
import { localShell } from '@kiln/platforms/shells/local';
import { createPool } from '@kiln/platforms/shells/pool';
import { createSite } from '@kiln/platforms/site';
import { targetOf } from '@kiln/platforms/testing/remote';
import type { SshBed } from './beds.ts';
import type { Row } from './compare.ts';
import { Growth } from './growth.ts';
import { run } from './run.ts';

export interface FileRows {
  readonly rows: readonly Row[];
  /** MB by which this process grew at most while it moved one of the trees as a worker does. */
  readonly growth: () => number;
  close(): Promise<void>;
}

interface Tree {
  readonly name: string;
  readonly count: number;
  readonly unit: string;
  /** Copies `from` to `to`, one of which is on the host `bench`. */
  readonly peer: readonly [name: string, copy: (from: string, to: string) => Promise<void>];
  readonly fill: (folder: string) => void;
  readonly goal: number | null;
  /** Both ways, or only home. */
  readonly there: boolean;
}

const JOB = { id: 1, connector: 'files' };
const TASK: TaskInput = { number: 1, iteration: 0, values: {}, input: null, attempt: 1 };

/** A tree of small files and a large file, to a machine over SSH and back, as Kiln brings payloads there and results home. */
export async function fileRows(home: string, bed: SshBed): Promise<FileRows> {
  const [ssh = '', ...options] = bed.client;
  const pool = createPool();
  const shell = pool.shell(await targetOf(bed.env, DEFAULT_LIMITS));
  const trees: readonly Tree[] = [
    { ...smallFiles(5000), peer: ['rsync -a', rsync], goal: null, there: true },
    { ...largeFile(1), peer: ['scp', scp], goal: null, there: true },
    { ...smallFiles(20_000), peer: ['ssh tar | tar', tar], goal: 0.8, there: false },
    { ...largeFile(2), peer: ['scp', scp], goal: 0.8, there: false },
  ];
  const there = (await shell.run(['mktemp', '-d', '-p', bed.root])).stdout.trim();
  const rows: Row[] = [];
  const growth = new Growth();
  for (const [at, tree] of trees.entries()) rows.push(...(await rowsOf(tree, mkdtempSync(join(home, 'files-')), join(there, String(at)))));
  return {
    rows: rows.map((row) => ({ ...row, byKiln: () => growth.during(row.byKiln) })),
    growth: () => growth.most(),
    async close() {
      await shell.run(['rm', '-rf', there]);
      pool.close();
    },
  };

  function rsync(from: string, to: string): Promise<void> {
    return run('rsync', ['-a', '-e', quoteAll(bed.client), `${from}/`, to]);
  }

  function scp(from: string, to: string): Promise<void> {
    return run('scp', ['-q', ...options, '-r', from, to]);
  }

  function tar(from: string, to: string): Promise<void> {
    const pack = quoteAll(['tar', '-C', from.replace(/^bench:/, ''), '-cf', '-', '.']);
    return run('sh', ['-c', `mkdir "$1" && ${quoteAll([ssh, ...options, 'bench'])} "$2" | tar -C "$1" -xf -`, 'sh', to, pack]);
  }

  async function rowsOf(
    { name, count, unit, peer: [peer, copy], fill, goal, there: both }: Tree,
    here: string,
    there: string,
  ): Promise<readonly Row[]> {
    const folder = join(here, 'process_payload');
    mkdirSync(folder);
    fill(folder);
    const local = localShell(process.env);
    const machine = { name: 'bench', address: '', root: join(there, 'kiln'), slots: 1 };
    const site = createSite(oneMachine(machine), () => shell);
    const archive = () => local.stream(['tar', '-C', here, '-cf', '-', 'process_payload'], '');
    const prepare = () => site.prepare(JOB, machine, { archive, size: async () => 0, copied: false, parameters: {}, round: 0 });
    const home = localStorage(join(here, 'home'), local);
    await prepare();
    const job = join(machine.root, jobDirectory(JOB));
    const source = join(job, 'output_0/1');
    await shell.run(['sh', '-c', 'mkdir "$1/output_0" && mv "$1/payload/process_payload" "$2"', 'sh', job, source]);
    const common = { count, unit, peer, goal };
    const rows: Row[] = [
      {
        ...common,
        name: `${name} to a machine`,
        byKiln: prepare,
        byPeer: () => copy(folder, `bench:${there}/peer`),
        reset: () => run(ssh, [...options, 'bench', quoteAll(['rm', '-rf', join(job, 'payload'), join(there, 'peer')])]),
      },
      {
        ...common,
        name: `${name} home`,
        byKiln: () => home.unpack('', site.collect(JOB, machine, [TASK], false)),
        byPeer: () => copy(`bench:${source}`, join(here, 'peer')),
        reset: async () => {
          for (const made of ['home', 'peer']) rmSync(join(here, made), { recursive: true, force: true });
        },
      },
    ];
    return both ? rows : rows.slice(1);
  }
}

type Files = Pick<Tree, 'name' | 'count' | 'unit' | 'fill'>;

function smallFiles(count: number): Files {
  return {
    name: `${count.toLocaleString('en')} files of 1 KiB`,
    count,
    unit: 'files',
    fill(folder) {
      for (let i = 0; i < count; i += 1) {
        const place = join(folder, String(i % 50));
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, `${i}.dat`), randomBytes(1024));
      }
    },
  };
}

function largeFile(gibibytes: number): Files {
  return {
    name: `one file of ${gibibytes} GiB`,
    count: gibibytes * 1024,
    unit: 'MiB',
    fill(folder) {
      for (let i = 0; i < gibibytes * 16; i += 1) writeFileSync(join(folder, 'large.dat'), randomBytes(64 * 1024 * 1024), { flag: 'a' });
    },
  };
}
