import { spawn } from 'node:child_process';
import type { Finding } from './doctor.ts';
import type { Entry } from './folder.ts';

/** What is wrong, or looks wrong, in a shell script of a payload. Those of Chiminey's older layout are all run by bash. */
export async function inspectScript(entry: Entry, layout: 'newer' | 'older'): Promise<Finding[]> {
  const { path } = entry;
  const script = String(entry.content);
  const older = layout === 'older';
  const shebang = /^#!\s*(.*)/.exec(script)?.[1]?.trim();
  const shell = shebang === undefined || older ? 'bash' : shellOf(shebang);
  const findings = older ? [] : whoRunsIt(entry, shebang, shell);
  if (script.includes('\r\n')) {
    findings.push({
      level: 'error',
      message: `${path}: its lines end as on Windows (CRLF), which no shell reads; convert it with: sed -i 's/\\r$//' ${path}`,
    });
  }
  for (const [index, line] of script.split(/\r?\n/).entries()) {
    const suspicion = suspect(line, shell, older ? 'in chiminey/' : 'to "$2"') ?? (older ? null : swapped(line));
    if (suspicion) findings.push({ level: 'warning', message: `${path}: line ${index + 1}: ${suspicion}` });
  }
  if (shell) findings.push(...(await syntax(path, script.replaceAll('\r\n', '\n'), shell)));
  return findings;
}

function whoRunsIt({ path, executable }: Entry, shebang: string | undefined, shell: string | undefined): Finding[] {
  if (shebang === undefined) return [{ level: 'warning', message: `${path}: it does not say what runs it; begin it with '#!/bin/sh'.` }];
  if (executable) return [];
  const advice = `run: chmod +x ${path}`;
  if (!shell)
    return [{ level: 'error', message: `${path}: it is for ${shebang}, but is not executable and would be run by a shell; ${advice}` }];
  const message = `${path}: it is not executable, so bash or sh runs it whatever its first line says; ${advice}`;
  return [{ level: 'warning', message }];
}

function shellOf(shebang: string): 'sh' | 'bash' | undefined {
  const program = shebang
    .replace(/^\S*\/env\s+(-S\s+)?/, '')
    .split(/\s/)[0]
    ?.split('/')
    .pop();
  if (program === 'bash') return 'bash';
  return program === 'sh' || program === 'dash' ? 'sh' : undefined;
}

function suspect(line: string, shell: string | undefined, kept: string): string | null {
  if (/^\s*#/.test(line)) return null;
  const home = /(^|[\s"'=:>])(\/(home|Users|root)\/[\w./-]*)/.exec(line)?.[2];
  if (home) return `${home} is a path of one machine; bring the file along in process_payload.`;
  const target = /(?:^|[^<>&\d-])(?:\d?>>?\|?|\btee\s+(?:-a\s+)?)\s*["']?([~/][^\s"';)]*)/.exec(line)?.[1];
  if (target && !/^\/(dev\/(null|stdout|stderr|tty|fd)|tmp\b|proc\/)/.test(target))
    return `it writes to ${target}; only what is written ${kept} is kept.`;
  if (shell === 'sh' && /\$RANDOM\b/.test(line)) return '$RANDOM is blank in sh; use od -An -N2 -tu2 /dev/urandom.';
  return null;
}

/** An example of Chiminey's has its output directory as the only argument. */
function swapped(line: string): string | null {
  if (!/^\s*(export\s+)?\w*out\w*=["']?\$\{?1\b|>\s*["']?\$\{?1\b/i.test(line)) return null;
  return '"$1" is the input directory; only what is written to "$2" is kept.';
}

/** Asks the shell itself; reads the script from its input, so that nothing of it runs. */
async function syntax(path: string, script: string, shell: 'sh' | 'bash'): Promise<Finding[]> {
  const { code, errors } = await run(shell, ['-n'], script);
  if (code === null)
    return [{ level: 'warning', message: `${path}: its syntax was not checked, because there is no ${shell} on this machine.` }];
  if (code === 0) return [{ level: 'ok', message: `${path}: ${shell} can read it.` }];
  const [, line, reason] = /(?:line )?(\d+): (.*)/.exec(errors) ?? [];
  return [{ level: 'error', message: line === undefined ? `${path}: ${errors.trim()}` : `${path}: line ${line}: ${reason?.trim()}.` }];
}

function run(command: string, args: readonly string[], input: string): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', (error) => ('code' in error && error.code === 'ENOENT' ? resolve({ code: null, errors: '' }) : reject(error)));
    child.on('close', (code) => resolve({ code, errors }));
    child.stdin.on('error', (error) => ('code' in error && error.code === 'EPIPE' ? undefined : reject(error))); // it read enough to refuse
    child.stdin.end(input);
  });
}
