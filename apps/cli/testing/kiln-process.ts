import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAIN = new URL('../main.ts', import.meta.url).pathname;
// By its own address: a command may be run in a directory from which `tsx` cannot be resolved.
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A home directory with the command line as a child process. */
export class KilnProcess {
  readonly #children = new Set<ChildProcess>();

  private constructor(readonly home: string) {}

  static async create(): Promise<KilnProcess> {
    return new KilnProcess(await mkdtemp(join(tmpdir(), 'kiln-cli-')));
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result> {
    return this.start(args, environment).ended;
  }

  /** Runs a command that finds `input` on its standard input. */
  async runWith(input: string, args: readonly string[]): Promise<Result> {
    const { child, ended } = this.start(args, {}, 'pipe');
    child.stdin?.end(input);
    return ended;
  }

  /** Starts a command on a terminal of its own; what is written to the child's standard input is typed there. */
  startOnTerminal(args: readonly string[]): Started {
    const command = [process.execPath, '--import', TSX, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    return this.#spawn('script', ['-qefc', command, '/dev/null'], {}, 'pipe');
  }

  /** Starts a command; `says` waits for what it prints. */
  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}, stdin: 'ignore' | 'pipe' = 'ignore'): Started {
    return this.#spawn(process.execPath, ['--import', TSX, MAIN, ...args], environment, stdin);
  }

  #spawn(program: string, args: readonly string[], environment: Readonly<Record<string, string>>, stdin: 'ignore' | 'pipe'): Started {
    const { KILN_URL, KILN_TOKEN, DATABASE_URL, ...inherited } = process.env;
    const child = spawn(program, args, {
      env: { ...inherited, KILN_HOME: this.home, ...environment },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return new Started(child);
  }

  /** A connector of the home. */
  async addConnector(name: string, manifest: string): Promise<void> {
    const folder = join(this.home, 'payloads', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'connector.yaml'), manifest);
  }

  /** Ends everything that was started and removes the home. */
  async dispose(): Promise<void> {
    const running = [...this.#children];
    for (const child of running) child.kill('SIGINT');
    await Promise.all(running.filter((child) => child.exitCode === null && child.signalCode === null).map((child) => once(child, 'close')));
    await rm(this.home, { recursive: true, force: true });
  }
}

export class Started {
  out = '';
  err = '';
  readonly ended: Promise<Result>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.ended = once(child, 'close').then(([code]: unknown[]) => ({
      code: typeof code === 'number' ? code : null,
      out: this.out,
      err: this.err,
    }));
  }

  /** Resolves when standard output has `pattern`. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found) return found;
      const more = await Promise.race([once(this.child.stdout ?? this.child, 'data').then(() => true), this.ended.then(() => false)]);
      if (!more && !pattern.test(this.out)) throw new Error(`It ended without saying ${pattern}: ${this.out}${this.err}`);
    }
  }
}
