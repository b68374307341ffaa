import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { loadFolder, loadUnpacked } from './load.ts';
import { type Files, MINIMAL, sample } from './sample-folder.ts';
import { nodeWith, shells } from './sample-node.ts';

const P = 'process_payload';
/** All scripts of the layout; those of the schedule stage ask make for the others, as Chiminey's own did. */
const FULL: Files = {
  Makefile: 'start_bootstrap:\n\t@sh ./start_bootstrap.sh\n',
  tool: 'a tool\n',
  'start_bootstrap.sh': '#!/bin/sh\ncat tool >installed\n',
  'bootstrap_done.sh': '#!/bin/sh\n[ -e installed ] || exit 1\necho Environment Setup Completed\n',
  'start_schedule.sh': `#!/bin/sh
while read line
do
  mkdir -p $line
  cp -r $1/* $line
  cd $line
  make start_process_schedule PAYLOAD_NAME=$1 IDS=$2
  cd ..
done < $2\n`,
  'schedule_done.sh': `#!/bin/sh
while read line
do
  cd $line
  case $(make process_schedule_done IDS=$1) in
  *"Process Setup Completed"*) echo All processes are scheduled ;;
  *) echo 0 of 1 processes scheduled ;;
  esac
  cd ..
done < $1\n`,
  [`${P}/Makefile`]: 'start_process_schedule:\n\t@sh ./start_process_schedule.sh\n',
  [`${P}/start_process_schedule.sh`]: '#!/bin/sh\ncat ../installed data.ts >config\n',
  [`${P}/process_schedule_done.sh`]: '#!/bin/sh\n[ -e config ] && echo Process Setup Completed\n',
  [`${P}/start_running_process.sh`]: '#!/bin/sh\ncd chiminey\ncat ../config >all\necho "$n" >>all\n',
  [`${P}/process_running_done.sh`]: '#!/bin/sh\necho stopped\n',
  [`${P}/data.ts`]: 'data\n',
};
const ONLY_MAIN: Files = { [`${P}/start_running_process.sh`]: '#!/bin/sh\necho "$n" >chiminey/n\n' };

/** It goes on until it was asked once whether it is done. */
function inBackground(done: string): Files {
  return {
    [`${P}/start_running_process.sh`]: '(while [ ! -e asked ]; do sleep 0.1; done; echo end >chiminey/end) &\necho "$!" > "run.pid"\n',
    [`${P}/process_running_done.sh`]: `${done}: >asked\n`,
  };
}

async function node(files: Files, shell?: string) {
  const { folder } = await sample(files);
  return nodeWith(folder, shell);
}

describe('a payload of the older layout', () => {
  it('is a connector by itself, called after its folder, on machines and on clouds', async () => {
    const { folder, cache } = await sample(ONLY_MAIN);
    const payload = join(dirname(folder), 'payload_rand_num');
    await rename(folder, payload);
    const { connector } = await loadFolder(payload, cache);
    expect(connector).toMatchObject({ name: 'rand-num', title: 'rand-num', runsOn: ['unix', 'cloud'], parameters: [], sweep: {} });
    expect(connector.payload).toMatchObject({ bootstrap: true, schedule: true, copied: false });
  });

  it('may have a connector.yaml that says more', async () => {
    const { folder, cache } = await sample({ ...FULL, 'connector.yaml': 'description: Full.\nrunsOn: slurm\nsweep: { n: [1, 2] }\n' });
    expect((await loadFolder(folder, cache)).connector).toMatchObject({ description: 'Full.', runsOn: ['slurm'], sweep: { n: [1, 2] } });
  });

  it('is the same version, and the same connector, when it is unpacked from its archive', async () => {
    const { folder, parent, cache } = await sample({
      ...FULL,
      'initial/a_template': '{{n}}',
      values: '{"n": 1}',
      'connector.ts': CODE,
      'lib/n.ts': 'export const n = 1;',
    });
    const { connector, hash, archive } = await loadFolder(folder, cache);
    const copy = join(parent, 'copy');
    await mkdir(copy);
    const unpacked = promisify(execFile)('tar', ['-xzf', '-', '-C', copy]);
    unpacked.child.stdin?.end(await archive());
    await unpacked;
    expect((await loadUnpacked(copy, 'sample', hash, cache)).connector).toEqual(connector);
    expect(connector.payload.placeholders).toEqual([{ file: 'initial/a_template', line: 1, name: 'n' }]);
  });
  const CODE = `import { n } from './lib/n.ts'; export default { description: 'In code.', runsOn: 'unix', sweep: { n: [n] } };`;

  it.each<[string, Files, string]>([
    [
      'a main.sh as well',
      { ...FULL, [`${P}/main.sh`]: '' },
      "start_bootstrap.sh is of Chiminey's older layout and process_payload/main.sh of the newer one",
    ],
    ['a bootstrap.sh as well', { ...ONLY_MAIN, 'bootstrap.sh': '' }, 'and bootstrap.sh of the newer one; keep the scripts of one of them'],
    [
      'nothing that runs a task',
      { 'start_bootstrap.sh': '' },
      'but no process_payload/start_running_process.sh, which runs a task; add it',
    ],
    [
      'a command as well',
      { ...ONLY_MAIN, 'connector.yaml': 'description: x\nrunsOn: unix\ncommand: date\n' },
      '`command` and process_payload/start_running_process.sh both say what a task runs',
    ],
    ['a connector.yaml with another name', { ...ONLY_MAIN, 'conector.yaml': '' }, 'rename conector.yaml to connector.yaml'],
  ])('is broken if it has %s', async (_, files, message) => {
    const { folder, cache } = await sample(files);
    await expect(loadFolder(folder, cache)).rejects.toMatchObject({ code: 'CONNECTOR_BROKEN', message: expect.stringContaining(message) });
  });
});

describe.each(shells)('with %s as its shell', (shell) => {
  it('all scripts run where Chiminey ran them, and what is in chiminey/ is the output', async () => {
    const there = await node(FULL, shell);
    expect(await there.run('bootstrap.sh')).toMatchObject({ code: 0, stdout: 'Environment Setup Completed\n', stderr: '' });
    await there.task(1, { n: 5 });
    await there.task(12, { n: 'two words' });
    expect(await there.read('output_0/1/all')).toBe('a tool\ndata\n5\n');
    expect(await there.read('output_0/12/all')).toBe('a tool\ndata\ntwo words\n');
    expect(JSON.parse(await there.read('output_0/1/values'))).toEqual({ n: 5, run_counter: 1 });
  });

  it('what is missing is taken for done at once', async () => {
    const there = await node(ONLY_MAIN, shell);
    expect(await there.run('bootstrap.sh')).toMatchObject({ code: 0 });
    await there.task(1, { n: 7 });
    expect(await there.read('output_0/1/n')).toBe('7\n');
  });

  it('a start_schedule.sh that does not set up tasks leaves that to Kiln', async () => {
    const there = await node(
      { ...FULL, 'start_schedule.sh': 'echo "$1 $2" >given\n', 'schedule_done.sh': 'echo All processes are scheduled\n' },
      shell,
    );
    await there.run('bootstrap.sh');
    await there.task(3, { n: 1 });
    expect(await there.read('output_0/3/all')).toBe('a tool\ndata\n1\n');
    expect(await there.read('payload/process_payload/.kiln/chiminey_payload_copy/given')).toBe('process_payload PIDs_collections.3\n');
  });

  it('what it starts in the background is waited for', async () => {
    const there = await node(inBackground('kill -0 `cat run.pid` 2>/dev/null && echo still running || echo stopped\n'), shell);
    await there.task(1);
    expect(await there.read('output_0/1/end')).toBe('end\n');
  });

  it('a ps that does not know -p is not taken for one that finds nothing', async () => {
    const script = 'PID=`cat run.pid`\nif [ `ps -p $PID | wc -l` -gt 1 ]\nthen\n  echo still running\nelse\n  echo stopped\nfi\n';
    const there = await node(inBackground(script), shell);
    if (shell === 'busybox') {
      const message =
        'main.sh exited with code 1: process_running_done.sh needs a ps that understands -p, and this machine has none: install procps.\n';
      return expect(there.task(1)).rejects.toThrow(message);
    }
    await there.task(1);
    expect(await there.read('output_0/1/end')).toBe('end\n');
  });

  it('a process_running_done.sh that says nothing and fails is asked again', async () => {
    const there = await node(
      {
        [`${P}/start_running_process.sh`]: 'echo 0 >chiminey/asked\n',
        [`${P}/process_running_done.sh`]: 'read n <chiminey/asked\necho $((n + 1)) >chiminey/asked\n[ $n = 2 ] && echo stopped\n',
      },
      shell,
    );
    await there.task(1);
    expect(await there.read('output_0/1/asked')).toBe('3\n');
  });

  it.each<[string, string, Files, string]>([
    [
      'start_bootstrap.sh',
      'bootstrap.sh',
      { 'start_bootstrap.sh': 'echo no such package: frob >&2\nexit 4\n' },
      'start_bootstrap.sh exited with code 4: no such package: frob',
    ],
    [
      'a silent start_bootstrap.sh',
      'bootstrap.sh',
      { 'start_bootstrap.sh': 'exit 4\n' },
      'start_bootstrap.sh exited with code 4; it wrote nothing to standard error.',
    ],
    [
      'bootstrap_done.sh',
      'bootstrap.sh',
      { 'bootstrap_done.sh': 'echo f95 is not installed\nexit 1\n' },
      'bootstrap_done.sh exited with code 1 instead of saying "Environment Setup Completed": f95 is not installed',
    ],
    [
      'start_process_schedule.sh behind make',
      'schedule.sh',
      { [`${P}/start_process_schedule.sh`]: 'echo cannot compile >&2\nexit 3\n' },
      'start_process_schedule.sh exited with code 3: cannot compile',
    ],
    [
      'process_schedule_done.sh',
      'schedule.sh',
      { [`${P}/process_schedule_done.sh`]: 'echo "File not found!"\nexit 1\n' },
      'process_schedule_done.sh exited with code 1 instead of saying "Process Setup Completed": File not found!',
    ],
    [
      'start_running_process.sh',
      'main.sh',
      { [`${P}/start_running_process.sh`]: 'echo part >chiminey/part\necho diverged >&2\nexit 5\n' },
      'start_running_process.sh exited with code 5: diverged',
    ],
  ])('a failing %s is quoted', async (_, script, files, message) => {
    const there = await node({ ...FULL, ...files }, shell);
    if (script !== 'bootstrap.sh') await there.run('bootstrap.sh');
    if (script !== 'bootstrap.sh') await there.setUp(1, { n: 1 });
    if (script === 'main.sh') await there.run('schedule.sh', 1, { n: 1 });
    const { code, stderr } = await there.run(script, script === 'bootstrap.sh' ? 0 : 1, { n: 1 });
    expect({ code, last: stderr.trim().split('\n').at(-1) }).toEqual({ code: 1, last: message });
    if (script === 'main.sh') expect(await there.read('output_0/1/part')).toBe('part\n');
  });

  it('a task that is ended in the middle leaves what it has', async () => {
    const there = await node({ [`${P}/start_running_process.sh`]: 'echo part >chiminey/part\nsleep 1000\n' }, shell);
    await there.setUp(1, {});
    await there.run('schedule.sh', 1);
    const { pid, ended } = await there.start('main.sh', 1);
    const part = join(there.directory, 'payload/process_payload/.kiln/chiminey_payload_copy/1/chiminey/part');
    await vi.waitFor(() => expect(existsSync(part)).toBe(true), 20_000);
    process.kill(-pid, 'SIGTERM');
    expect((await ended).code).not.toBe(0);
    expect(await there.read('output_0/1/part')).toBe('part\n');
  });
});

it('a payload of the newer layout without a connector.yaml is a connector, too', async () => {
  const { folder, cache } = await sample({ [`${P}/main.sh`]: MINIMAL[`${P}/main.sh`] ?? '' });
  expect((await loadFolder(folder, cache)).connector).toMatchObject({ name: 'sample', runsOn: ['unix', 'cloud'] });
});
