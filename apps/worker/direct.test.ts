import { setTimeout as sleep } from 'node:timers/promises';
import { requestCancel } from '@kiln/db/submit';
import { machine, machinesMissing, type TestMachine } from '@kiln/testing/bed';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';
import { superviseWorker } from './testing/supervised-worker.ts';

const HOME = '/home/kiln-test';
/** Odd names, modes and links, and more bytes than are streamed for being few. */
const MAKE_TREE = `
mkdir -p "$1/deep/it's \\"\\$(touch x)\\" ☃" "$1/empty" && cd "$1" || exit
head -c "$2" /dev/urandom >big
i=0; while [ $i -lt 50 ]; do echo "$i" >"deep/$i of
$i"; i=$((i + 1)); done
echo 1 >"deep/it's \\"\\$(touch x)\\" ☃/-rf"; : >nothing; chmod 750 nothing; ln -s deep/0 link; ln big other-name`;
/** Names, contents, permissions, and where links lead. */
const TREE_OF = `cd "$1" && { find . -type f -exec sha256sum {} +; find . -type l -exec readlink {} +; find . ! -name . -exec stat -c '%A %n' {} +; } | sort | sha256sum`;
const SIZE = 20_000_000;
/** Its programs wait there while somebody wants it. */
const GATES = `
printf '#!/bin/sh\\n[ -z "$KILN_DIRECT" ] || while [ -e ${HOME}/hold-tar ]; do : >${HOME}/held; sleep 0.1; done\\nexec /usr/bin/tar "$@"\\n' >/usr/local/bin/tar
printf '#!/bin/sh\\n[ -z "$KILN_DIRECT" ] || while [ -e ${HOME}/hold-ssh ]; do : >${HOME}/held; sleep 0.1; done\\nexec /usr/bin/ssh "$@"\\n' >/usr/local/bin/ssh
chmod 755 /usr/local/bin/tar /usr/local/bin/ssh`;
const NO_SSH = 'chmod -x /usr/bin/ssh /usr/local/bin/ssh';

describe.skipIf(machinesMissing)('two machines', () => {
  let node: TestMachine;
  let shelf: TestMachine;
  let kiln: Awaited<ReturnType<typeof installation>>;
  beforeAll(async () => {
    [node, shelf] = await Promise.all([machine('node', { shell: 'dash' }), machine('shelf')]);
    await Promise.all([node, shelf].map((host) => host.exec('sh', '-c', GATES)));
  });
  afterAll(() => Promise.all([node.down(), shelf.down()]));
  beforeEach(async () => {
    kiln = await installation();
    await kiln.connector('making', {
      'connector.yaml': 'description: Makes.\nrunsOn: unix\nparameters: { bytes: { default: "" } }\n',
      'process_payload/main.sh': `#!/bin/sh\nset -- "$2" "$bytes"\n${MAKE_TREE}\n`,
    });
    await kiln.connector('copying', {
      'connector.yaml': 'description: Copies.\nrunsOn: unix\ninput: required\n',
      'process_payload/main.sh': '#!/bin/sh\ncp -RP "$1/." "$2" && rm -f "$2/values.json" "$2/values"\n',
    });
  });
  afterEach(async () => {
    await kiln.close();
    for (const host of [node, shelf]) {
      await as(host, 'rm -rf ~/* ~/.kiln && chmod 600 ~/.ssh/authorized_keys');
      await host.exec('chmod', '755', '/usr/bin/ssh', '/usr/local/bin/ssh');
    }
  });

  /** As the ordinary user. */
  const as = (host: TestMachine, line: string, ...args: readonly string[]) =>
    host.exec('runuser', '-u', 'kiln-test', '--', 'env', `HOME=${HOME}`, 'sh', '-c', `cd ~ && ${line}`, 'sh', ...args);
  const treeOf = (host: TestMachine, path: string) => as(host, TREE_OF, path);
  const keysOn = (host: TestMachine) => as(host, 'cat ~/.ssh/authorized_keys');
  const marksOn = async (host: TestMachine) => (await keysOn(host)).split('\n').filter((line) => line.includes('kiln-direct-'));

  async function register(name: string, { env }: TestMachine): Promise<void> {
    const connection = { host: env['SSH_HOST'] ?? '', port: 22, user: env['SSH_USER'] ?? '', jumps: [] };
    const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
    const platform = await registered(kiln.db, kiln.user.id, { name, kind: 'unix', connection, enrolment, slots: 2 });
    expect(platform).toMatchObject({ state: 'ready' });
  }

  const registerBoth = () => Promise.all([register('node', node), register('shelf', shelf)]);
  const make = (bytes = SIZE) => kiln.submit('making', 'node', { bytes: String(bytes) }, 'some "where"', 'shelf');
  const notes = async (id: number) =>
    (await kiln.events(id)).flatMap(({ kind, subject, message }) => (kind === 'note' && subject === 'direct' ? [message ?? ''] : []));

  async function untilHeld(host: TestMachine): Promise<void> {
    while ((await as(host, 'ls')).split('\n').every((name) => name !== 'held')) await sleep(100);
  }

  /** The results of the job are whole, and nothing of a copy is left anywhere: no key, no directory, no process. */
  async function expectWhole(id: number, hosts = [node, shelf]): Promise<void> {
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    const names = await as(
      shelf,
      `cd "$1" && ls -1 deep | wc -l && stat -c %s big nothing "deep/it's \\"\\$(touch x)\\" ☃/-rf"`,
      outputOf(id),
    );
    expect(names.trim().split('\n').slice(1)).toEqual([String(SIZE), '0', '2']);
    for (const host of hosts) await expectNothing(host);
  }

  const outputOf = (id: number) => `some "where"/making${id}/output/1`;

  async function expectNothing(host: TestMachine): Promise<void> {
    expect(await marksOn(host)).toEqual([]);
    expect(await as(host, 'find . -name ".direct-*" -o -name ".kiln-keys" -o -name ".kiln-unpack-*"')).toBe('');
    expect(await host.exec('sh', '-c', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep KILN_DIRECT || :')).toBe('');
  }

  /** Bytes that have come to and gone from a machine. */
  async function traffic(host: TestMachine): Promise<number> {
    const [, received = '', sent = ''] = /eth0:\s*(\d+)(?:\s+\d+){7}\s+(\d+)/.exec(await host.exec('cat', '/proc/net/dev')) ?? [];
    return Number(received) + Number(sent);
  }

  test('copy results and input between them, and the worker sees none of it', { timeout: 180_000 }, async () => {
    await kiln.worker();
    await registerBoth();
    const before = [await keysOn(node), await keysOn(shelf)];
    const [onNode, onShelf] = [await traffic(node), await traffic(shelf)];
    const made = await make();
    await expectWhole(made);
    const tree = await treeOf(shelf, outputOf(made));
    // Each byte went once out of the one and once into the other.
    expect((await traffic(node)) - onNode).toBeLessThan(1.2 * SIZE);
    expect((await traffic(shelf)) - onShelf).toBeLessThan(1.2 * SIZE);
    expect(await notes(made)).toEqual([
      expect.stringMatching(/^[\d,]{10} bytes went from node to shelf directly, with the key SHA256:\S{43}, which is gone again\.$/),
    ]);

    const copied = await kiln.submit('copying', 'node', { input_storage: 'shelf', input_path: outputOf(made) }, '', 'shelf');
    expect((await kiln.ended(copied)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await treeOf(shelf, `copying${copied}/input_0/initial`)).toBe(tree);
    expect(await treeOf(shelf, `copying${copied}/output/1`)).toBe(tree);
    expect((await notes(copied)).map((text) => text.replace(/.* bytes (.*) directly.*/, '$1'))).toEqual([
      'went from shelf to node',
      'went from node to shelf',
    ]);
    expect([await keysOn(node), await keysOn(shelf)]).toEqual(before);
    await Promise.all([expectNothing(node), expectNothing(shelf)]);
  });

  test('of which only the storage has an ssh copy directly, too', { timeout: 180_000 }, async () => {
    await kiln.worker();
    await registerBoth();
    await node.exec('sh', '-c', NO_SSH);
    const pulled = await make();
    await expectWhole(pulled);
    expect(await notes(pulled)).toEqual([expect.stringContaining(' bytes went from node to shelf directly')]);
  });

  test('of which one has no other tools than those of BusyBox copy directly, whichever logs in', { timeout: 180_000 }, async () => {
    const small = await machine('small', { shell: 'busybox' });
    try {
      const first = await kiln.worker();
      await Promise.all([register('small', small), register('shelf', shelf)]);
      await first.close();
      await as(shelf, MAKE_TREE, 'data', '5000000');
      for (const ssh of ['755', '644']) {
        const worker = await kiln.worker(); // which remembers nothing
        await small.exec('chmod', ssh, '/usr/bin/ssh');
        const id = await kiln.submit('copying', 'small', { input_storage: 'shelf', input_path: 'data' }, ssh, 'shelf');
        expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
        expect((await notes(id)).map((text) => text.replace(/.* bytes (.*), with.*/, '$1'))).toEqual([
          'went from shelf to small directly',
          'went from small to shelf directly',
        ]);
        expect(await treeOf(shelf, `${ssh}/copying${id}/output/1`)).toBe(await treeOf(shelf, 'data'));
        await Promise.all([expectNothing(small), expectNothing(shelf)]);
        await worker.close();
      }
    } finally {
      await small.down();
    }
  });

  test('that do not reach each other stream through the worker, and say so once', { timeout: 180_000 }, async () => {
    await kiln.worker();
    await registerBoth();
    const route = (what: string) => shelf.exec('ip', 'route', what, 'unreachable', `${node.env['SSH_HOST']}/32`);
    await route('add');
    try {
      const id = await make();
      await expectWhole(id);
      expect(await notes(id)).toEqual([
        expect.stringMatching(/^What goes from node to shelf goes through Kiln, not directly: from node: .*timed out.*; from shelf: .*\.$/),
      ]);
    } finally {
      await route('del');
    }
  });

  test('without ssh, or with keys that nobody may change, stream', { timeout: 180_000 }, async () => {
    await kiln.worker();
    await registerBoth();
    await as(shelf, 'chmod 400 ~/.ssh/authorized_keys');
    const refused = await make();
    await expectWhole(refused);
    expect(await notes(refused)).toEqual([expect.stringContaining('authorized_keys is not to be changed')]);
    await Promise.all([node, shelf].map((host) => host.exec('sh', '-c', NO_SSH)));
    const without = await make();
    await expectWhole(without);
    expect(await notes(without)).toEqual([expect.stringContaining('from shelf: it has no ssh')]);
  });

  test.each([
    { gate: 'hold-ssh', before: 'before the login', of: () => node },
    { gate: 'hold-tar', before: 'in the middle', of: () => shelf },
  ])('leave no key when the worker is killed $before, and the next one goes on', { timeout: 180_000 }, async ({ gate, of }) => {
    const first = await kiln.worker();
    await registerBoth();
    await first.close();
    const supervised = superviseWorker(kiln.db.url, kiln.home);
    try {
      await as(of(), `: >${gate}`);
      const id = await make();
      await untilHeld(of());
      const key = () => as(node, 'find .kiln -name key');
      if (gate === 'hold-ssh') {
        expect(await marksOn(shelf)).toHaveLength(1);
        expect(await as(node, 'stat -c "%a %n" $(find .kiln -name key)')).toMatch(/^600 /);
      } else {
        while ((await key()) !== '' || (await marksOn(shelf)).length > 0) await sleep(100);
      }
      supervised.kill();
      while ((await notes(id)).length === 0) await sleep(100);
      expect(await notes(id)).toEqual([
        expect.stringMatching(/^What a direct copy had left was removed from node and shelf; its key SHA256:\S+ is gone\.$/),
      ]);
      await as(of(), `rm ${gate}`);
      await expectWhole(id);
      expect(supervised.deaths()).toBe(1);
    } finally {
      await supervised.stop();
    }
  });

  test('end a copy on both sides when its job is cancelled', { timeout: 180_000 }, async () => {
    await kiln.worker();
    await registerBoth();
    await as(shelf, ': >hold-tar');
    const id = await make();
    await untilHeld(shelf);
    const mark = await copiesOn(shelf);
    expect(mark).toHaveLength(1);
    await requestCancel(kiln.db, id);
    while ((await copiesOn(shelf)).some((one) => mark.includes(one))) await sleep(100);
    expect((await copiesOn(node)).filter((one) => mark.includes(one))).toEqual([]);
    await as(shelf, 'rm hold-tar');
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'cancelled' });
    await Promise.all([expectNothing(node), expectNothing(shelf)]);
  });

  /** Marks of the copies for which something is at work. */
  async function copiesOn(on: TestMachine): Promise<readonly string[]> {
    const found = await on.exec('sh', '-c', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep KILN_DIRECT | sort -u || :');
    return found.split('\n').filter(Boolean);
  }
});
