import type { Cloud, JobRef, Machine } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chosen } from '../clouds/chosen.ts';
import type { CloudProvider } from '../clouds/provider.ts';
import type { Machines } from '../machines.ts';

export interface CloudUnderTest {
  /** As the platform is registered. */
  readonly cloud: Cloud;
  /** Milliseconds within which it does what it was asked for. */
  readonly patience: number;
  /** As a worker of an installation speaks to it, a new one each time. */
  provider(installation: string, change?: Partial<Cloud>): CloudProvider;
  /** Has the machines that were asked for come up; resolves when a list says so. */
  up(): Promise<void>;
  /** Has so much time gone by that two machines are not of the same age. */
  later(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds; of real ones. */
const LONG = 400_000;

const FIRST = { job: 'pi7', number: 1, name: 'pi7-1' };
const SECOND = { job: 'pi7', number: 2, name: 'pi7-2' };
const SEEN = { hostKey: `ssh-ed25519 SHA256:${'a'.repeat(43)}`, home: '/home/with space/äöü' };

/** What every cloud that makes machines must do. */
export function cloudContract(name: string, open: () => Promise<CloudUnderTest>): void {
  describe(name, { timeout: LONG }, () => {
    let under: CloudUnderTest;
    let provider: CloudProvider;
    beforeEach(async () => {
      under = await open();
      provider = under.provider('mine');
    }, LONG);
    afterEach(() => under.close(), LONG);

    /** Until a cloud has come to it. */
    const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: under.patience, interval: 200 });
    const withdrawn = () => soon(() => provider.withdraw().then(() => 'done', String)).toBe('done');
    const names = async (of = provider) => (await of.list()).map((machine) => machine.name);

    test('what is asked for is listed with what it is for, the oldest first, and has an address once it is up', async () => {
      await provider.create(FIRST);
      await under.later();
      await provider.create(SECOND);
      await soon(() => names()).toEqual(['pi7-1', 'pi7-2']);
      await under.up();
      const [first, second] = await provider.list();
      expect(first).toMatchObject({ ...FIRST, state: 'up', address: expect.stringMatching(/^[\da-f.:]+$/), seen: null, fault: null });
      expect(second).toMatchObject(SECOND);
      expect(first?.age).toBeGreaterThan(second?.age ?? Infinity);
      expect(second?.age).toBeLessThan(600);
    });

    test('what a machine showed is listed with it, whoever lists it', async () => {
      await provider.create(FIRST);
      await under.up();
      await provider.note((await provider.list())[0]?.id ?? '', SEEN);
      expect(await under.provider('mine').list()).toMatchObject([{ ...FIRST, seen: SEEN }]);
    });

    test('one that was given back is gone for all, and giving it back again is no trouble', async () => {
      await provider.create(FIRST);
      await soon(() => names()).toHaveLength(1);
      const [{ id } = { id: '' }] = await provider.list();
      expect(await provider.isThere(id)).toBe(true);
      await provider.destroy(id);
      await soon(() => names(under.provider('mine'))).toEqual([]);
      await soon(() => provider.isThere(id)).toBe(false);
      await provider.destroy(id);
      await under.provider('mine').destroy(id);
    });

    test('a machine that is gone can be made again, with the same number', async () => {
      const ids: (string | undefined)[] = [];
      for (let i = 0; i < 3; i += 1) {
        const fresh = under.provider('mine');
        await fresh.create(FIRST);
        await soon(() => names(fresh)).toEqual(['pi7-1']);
        ids.push((await fresh.list())[0]?.id);
        await fresh.destroy(ids.at(-1) ?? '');
        await soon(() => names(fresh)).toEqual([]);
      }
      expect(new Set(ids).size).toBe(3);
    });

    test('what belongs to another installation or platform is not seen, and stays', async () => {
      const others = [under.provider('theirs'), under.provider('mine', { tag: 'another' })];
      for (const other of others) await other.create(FIRST);
      await provider.create(SECOND);
      for (const other of others) await soon(() => names(other)).toEqual(['pi7-1']);
      await soon(() => names()).toEqual(['pi7-2']);
      for (const { id } of await provider.list()) await provider.destroy(id);
      await soon(() => names()).toEqual([]);
      await withdrawn();
      for (const other of others) {
        expect(await names(other)).toEqual(['pi7-1']);
        await other.create(SECOND);
      }
    });

    test('what the platform is made of is among what there is to choose from', async () => {
      const { images, sizes, networks, zones } = await provider.choices();
      expect(chosen('image', images, under.cloud.image).id).not.toBe('');
      expect(chosen('size', sizes, under.cloud.size)).toMatchObject({ cores: expect.any(Number), memory: expect.any(Number) });
      expect(chosen('network', networks, under.cloud.network).id).not.toBe('');
      expect(zones.length).toBeGreaterThan(0);
    });

    test('a machine that can never be made is refused for good, with what there is in place of what is missing', async () => {
      const without = (change: Partial<Cloud>) => under.provider('mine', change).create(FIRST);
      await expect(without({ image: 'windows' })).rejects.toMatchObject({
        retryable: false,
        message: expect.stringMatching(/windows.*There is /),
      });
      await expect(without({ network: 'none' })).rejects.toMatchObject({
        retryable: false,
        message: expect.stringMatching(/none.*There is /),
      });
      await expect(without({ size: 'enormous' })).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('enormous') });
      expect(await names()).toEqual([]);
    });

    test('what lets Kiln in is made once, whoever asks, and goes when it is taken away', async () => {
      await Promise.all([provider.admit(), under.provider('mine').admit()]);
      await provider.admit();
      await provider.withdraw();
      await provider.withdraw();
      await provider.admit();
    });
  });
}

export interface MachinesUnderTest {
  /** As a worker of an installation asks for them, a new one each time. */
  machines(installation: string): Machines;
  up(): Promise<void>;
  close(): Promise<void>;
}

const JOB = { id: 7, connector: 'pi' };
const OTHER = { id: 8, connector: 'pi' };

/** For how long a machine has been there is another time with each look. */
function timeless({ age: _, ...machine }: Machine): Machine {
  return machine;
}

/** What jobs may rely on wherever their machines come from. */
export function machinesContract(name: string, open: () => Promise<MachinesUnderTest>): void {
  describe(name, { timeout: LONG }, () => {
    let under: MachinesUnderTest;
    beforeEach(async () => {
      under = await open();
    }, LONG);
    afterEach(() => under.close(), LONG);

    const create = (job: JobRef, count: number, installation = 'mine', past: readonly string[] = []) =>
      under.machines(installation).create(job, count, async () => {}, past);
    const list = async (job: JobRef, installation = 'mine') => (await under.machines(installation).list(job)).map(timeless);

    /** As a job does it, until none is coming any more. */
    async function made(job: JobRef, count: number, installation?: string, past?: readonly string[]): Promise<readonly Machine[]> {
      for (;;) {
        const creation = await create(job, count, installation, past);
        expect(creation.reasons).toEqual([]);
        if (creation.coming === 0) return creation.machines.map(timeless);
        await under.up();
      }
    }

    test('as many as were asked for are made, each with a name and a place of its own', async () => {
      const machines = await made(JOB, 3);
      expect(new Set(machines.map((machine) => machine.name)).size).toBe(3);
      expect(new Set(machines.map(({ address, root }) => `${address} ${root}`)).size).toBe(3);
      expect(await list(JOB)).toEqual(machines);
    });

    test('who asks again, or at the same time, gets the same, and never more', async () => {
      await Promise.all([create(JOB, 2), create(JOB, 2)]);
      const machines = await made(JOB, 2);
      expect(machines).toHaveLength(2);
      expect(await made(JOB, 2)).toEqual(machines);
      expect(await list(JOB)).toEqual(machines);
    });

    test('a job that wants more keeps those that it has', async () => {
      const [first] = await made(JOB, 1);
      const machines = await made(JOB, 3);
      expect(machines).toHaveLength(3);
      expect(machines).toContainEqual(first);
    });

    test('what a job gives back is gone, once and again, and it may have others', async () => {
      await made(JOB, 2);
      await under.machines('mine').destroy(JOB);
      expect(await list(JOB)).toEqual([]);
      await under.machines('mine').destroy(JOB);
      expect(await made(JOB, 1)).toHaveLength(1);
    });

    test('one that is given back is gone, the others stay, and another in its place has a name of its own', async () => {
      const [first, second] = await made(JOB, 2);
      const names = [first?.name ?? ''];
      for (let time = 0; time < 2; time += 1) await under.machines('mine').giveBack(JOB, names);
      await expect.poll(() => list(JOB), { timeout: LONG }).toEqual([second]);
      const machines = await made(JOB, 2, 'mine', names);
      expect(machines).toHaveLength(2);
      expect(machines).toContainEqual(second);
      expect(machines.map(({ name }) => name)).not.toContain(first?.name);
    });

    test('what is still coming is given back, too', async () => {
      await create(JOB, 2);
      await under.machines('mine').destroy(JOB);
      await under.up();
      expect(await list(JOB)).toEqual([]);
    });

    test('machines of other jobs and of other installations stay', async () => {
      await made(JOB, 1);
      const before = [await made(OTHER, 1), await made(JOB, 1, 'theirs')];
      await under.machines('mine').destroy(JOB);
      expect([await list(OTHER), await list(JOB, 'theirs')]).toEqual(before);
    });

    test('a job that has none has nothing to give back', async () => {
      expect(await list(JOB)).toEqual([]);
      await under.machines('mine').destroy(JOB);
    });
  });
}
