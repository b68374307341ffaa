import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryContract } from '../contract/directory-contract.ts';
import { type StorageUnderTest, storageContract } from '../contract/storage-contract.ts';
import { uploadingContract } from '../contract/uploading-contract.ts';
import { localShell } from '../shells/local.ts';
import { localStorage } from './local.ts';

const open = async (): Promise<StorageUnderTest> => {
  const root = await mkdtemp(join(tmpdir(), "kiln storage's "));
  return {
    storage: localStorage(root, localShell(process.env)),
    link: (path, target) => symlink(target, join(root, path)),
    close: () => rm(root, { recursive: true, force: true }),
  };
};

storageContract('a directory of this machine', open);
uploadingContract('uploads to a directory of this machine', open);

directoryContract('a directory of this machine with others in it', async (home) => ({
  storage: localStorage(home, localShell(process.env)),
  close: async () => {},
}));
