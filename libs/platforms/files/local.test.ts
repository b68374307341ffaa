import { appendFile, mkdtemp, rm, symlink, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryContract } from '../contract/directory-contract.ts';
import { storageContract } from '../contract/storage-contract.ts';
import { type UploadsUnderTest, uploadingContract } from '../contract/uploading-contract.ts';
import { localShell } from '../shells/local.ts';
import { localStorage } from './local.ts';
import { PIECE, uploadPlace } from './upload-name.ts';

const open = async (): Promise<UploadsUnderTest> => {
  const root = await mkdtemp(join(tmpdir(), "kiln storage's "));
  return {
    storage: localStorage(root, localShell(process.env)),
    link: (path, target) => symlink(target, join(root, path)),
    outdate: (path) => utimes(join(root, path), 1, 1),
    addUnnoted: (upload, { bytes }) => appendFile(join(root, uploadPlace(upload, PIECE).hidden), bytes),
    close: () => rm(root, { recursive: true, force: true }),
  };
};

storageContract('a directory of this machine', open);
uploadingContract('uploads to a directory of this machine', open);

directoryContract('a directory of this machine with others in it', async (home) => ({
  storage: localStorage(home, localShell(process.env)),
  close: async () => {},
}));
