import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCatalog } from './catalog.ts';
import { MINIMAL, sample, write } from './sample-folder.ts';

async function catalog() {
  const { folder, cache, parent } = await sample();
  const first = dirname(folder);
  const second = join(parent, 'own');
  return { first, second, folder, catalog: createCatalog({ folders: [first, second], cache }) };
}

describe('the catalog', () => {
  it('lists a broken folder with its reason beside the sound ones', async () => {
    const { first, catalog: it } = await catalog();
    await write(join(first, 'bad'), { 'connector.yaml': 'runsOn: unix\n' });
    await write(join(first, 'none'), { readme: '' });
    expect(await it.scan()).toMatchObject([
      { name: 'bad', state: 'broken', problem: 'connector.yaml: description is missing.', shadowed: false },
      { name: 'none', state: 'broken', problem: 'none: it has neither connector.yaml nor connector.ts; add connector.yaml.' },
      { name: 'sample', state: 'sound', loaded: { connector: { title: 'sample' } } },
    ]);
  });

  it('passes over files, hidden folders and folders that begin with _', async () => {
    const { first, catalog: it } = await catalog();
    await write(first, { README: '', '.hidden/connector.yaml': '', '_draft/connector.yaml': '' });
    await symlink('nowhere', join(first, 'dangling'));
    expect((await it.scan()).map(({ name }) => name)).toEqual(['sample']);
  });

  it('counts the first of two folders with one name, and tells of the second', async () => {
    const { second, folder, catalog: it } = await catalog();
    await write(join(second, 'sample'), MINIMAL);
    expect(await it.scan()).toMatchObject([
      { path: folder, state: 'sound' },
      {
        path: join(second, 'sample'),
        state: 'broken',
        shadowed: true,
        problem: expect.stringContaining("There is a connector 'sample' in"),
      },
    ]);
  });

  it('does not load an unchanged folder again', async () => {
    const { catalog: it } = await catalog();
    const [[before], [after]] = [await it.scan(), await it.scan()];
    expect(before?.state === 'sound' && after?.state === 'sound' && after.loaded === before.loaded).toBe(true);
  });

  it('sees new, changed, repaired and removed folders', async () => {
    const { first, second, folder, catalog: it } = await catalog();
    const states = async () =>
      (await it.scan()).map((entry) => `${entry.name} ${entry.state === 'sound' ? entry.loaded.connector.title : 'broken'}`);
    expect(await states()).toEqual(['sample sample']);
    await write(join(second, 'other'), MINIMAL);
    await writeFile(join(folder, 'connector.yaml'), 'title: Changed\ndescription: x\nrunsOn: unix\n');
    expect(await states()).toEqual(['sample Changed', 'other sample'].map((text) => text.replace('other sample', 'other other')));
    await writeFile(join(folder, 'connector.yaml'), 'title: [');
    expect(await states()).toEqual(['sample broken', 'other other']);
    await writeFile(join(folder, 'connector.yaml'), 'title: Repaired\ndescription: x\nrunsOn: unix\n');
    expect(await states()).toEqual(['sample Repaired', 'other other']);
    await rm(folder, { recursive: true });
    await mkdir(join(first, 'empty'));
    expect(await states()).toEqual(['empty broken', 'other other']);
  });

  it('never shows a mixture of two versions while a folder is being written', async () => {
    const { folder, catalog: it } = await catalog();
    await it.scan();
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n++) await write(folder, { 'process_payload/data': `${n}`, 'process_payload/data2': `${n}` });
    })();
    const during = await it.scan();
    writing = false;
    await writer;
    expect(during).toMatchObject([{ name: 'sample', state: 'sound' }]);
    const [after] = await it.scan();
    expect(after?.state === 'sound' && (await after.loaded.archive()).length > 0).toBe(true);
  });

  it('finds nothing where there is no folder', async () => {
    const { second, catalog: _ } = await catalog();
    expect(await createCatalog({ folders: [second], cache: second }).scan()).toEqual([]);
  });
});
