import type { OutputEntry } from './documents.ts';
import { type DownloadOptions, downloadTree, fileAt } from './download.ts';
import type { Downloaded } from './files.ts';
import { type Connection, request } from './request.ts';
import { storageFilesQuery } from './storage-documents.ts';
import { type Uploaded, type UploadOptions, uploadFile } from './upload.ts';
import { type UploadedFile, uploadTree } from './upload-tree.ts';

const PAGE = 1000;

/** What is in the storages of the viewer: `kiln.files`. Paths are relative to a storage's root. */
export class StorageFiles {
  constructor(private readonly connection: Connection) {}

  /** Entries of a directory, directories first; pages are fetched as they are needed. `search`: only names in which it is found. */
  async *list(storage: string, path = '', search = ''): AsyncGenerator<OutputEntry, void, undefined> {
    for (let after: string | null = null; ; ) {
      const variables: { storage: string; path: string; search: string; first: number; after: string | null } = {
        storage,
        path,
        search,
        first: PAGE,
        after,
      };
      const { storageFiles } = await request(this.connection, storageFilesQuery, variables);
      yield* storageFiles.entries;
      after = storageFiles.endCursor;
      if (after === null) return;
    }
  }

  /** The file that a path names; undefined for a directory, and where nothing is. */
  find(storage: string, path: string): Promise<OutputEntry | undefined> {
    return fileAt((directory, name) => this.all(storage, directory, name), path);
  }

  /**
   * Brings what is below `path` into `directory`, file by file as each is done. It goes on where an earlier download stopped, and never
   * writes outside `directory`.
   */
  download(storage: string, directory: string, options: DownloadOptions = {}): AsyncGenerator<Downloaded, void, undefined> {
    return downloadTree(this.connection, (path, name) => this.all(storage, path, name), directory, options);
  }

  /**
   * Brings a file of this machine to `path`. It goes on where an earlier upload of the same file stopped, and does nothing if it is there
   * with its size and time. What comes to lie there is proved to be what was sent.
   */
  upload(file: string, storage: string, path: string, options: UploadOptions = {}): Promise<Uploaded> {
    return uploadFile(this.connection, file, storage, path, options);
  }

  /** The same of every file in a directory, each as soon as it is in its place. Links are left out. */
  uploadTree(directory: string, storage: string, path: string, options: UploadOptions = {}): AsyncGenerator<UploadedFile, void, undefined> {
    return uploadTree(this.connection, directory, storage, path, options);
  }

  private async all(storage: string, path: string, search = ''): Promise<OutputEntry[]> {
    const entries: OutputEntry[] = [];
    for await (const entry of this.list(storage, path, search)) entries.push(entry);
    return entries;
  }
}
