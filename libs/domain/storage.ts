import type { Inlet, Outlet } from './direct.ts';

export interface FileEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** ISO 8601; null where nobody can tell. */
  readonly modifiedAt: string | null;
}

/** What is wanted of a directory that may be large. */
export interface FilesWanted {
  /** Only names in which this is found, in capitals or not; blank is all. */
  readonly search: string;
  readonly first: number;
  /** Only what comes after this entry, which may be gone. */
  readonly after: Pick<FileEntry, 'name' | 'kind'> | null;
}

export interface FilePage {
  readonly entries: readonly FileEntry[];
  /** How many there are in all that were searched for. */
  readonly total: number;
  readonly more: boolean;
}

/** A file below a directory that is assembled, at the relative path `to`. */
export type AssembledFile = { readonly to: string } & ({ readonly text: string } | { readonly from: string });

/** A file that is brought in pieces. Another size or time is another upload, so that two versions of a file never become one. */
export interface Upload {
  /** Relative to the storage's root. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When the original was written last; seconds since 1970. */
  readonly modified: number;
}

/** A piece of such a file. Each but the last is as long as `pieceOf` says. */
export interface Piece {
  /** Where in the file it begins. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** How files get into a storage in pieces. What has come so far has hidden names; every call may be repeated. */
export interface Uploading {
  /** How long the pieces of a file of so many bytes are. @throws KnownError BAD_INPUT if it takes none of this size */
  pieceOf(size: number): number;
  /** Whether the same file, by size and time, is in its place. */
  has(upload: Upload): Promise<boolean>;
  /** Makes the directory and resolves with how many bytes are there from before. @throws KnownError BAD_INPUT, STORAGE_UNWRITABLE, DISK_FULL */
  begin(upload: Upload): Promise<number>;
  /**
   * Adds a piece, if all before it are there, and resolves with how many bytes are there now. Only what has its checksum where it lies
   * counts as there. @throws KnownError CONFLICT if the piece has not
   */
  add(upload: Upload, piece: Piece): Promise<number>;
  /**
   * Puts the file in its place, if it is whole. `sums` is the SHA-256 of the checksums of all pieces, a line each.
   * @throws KnownError CONFLICT if it is not whole, or is made of other pieces
   */
  end(upload: Upload, sums: string | null): Promise<void>;
}

/** A place for results. Paths are relative to its root, with `/` between names, and never leave it. */
export interface Storage {
  /** Names the machine that it is on, for those who ask whether it is theirs. */
  readonly machine?: string;
  /** Makes the directory `path` and proves that it can be written and has room.
   *  @throws KnownError STORAGE_UNWRITABLE, or DISK_FULL (retryable) */
  open(path: string): Promise<void>;
  /** Whether `open` would succeed, as far as can be told without making anything. @throws KnownError as `open` does */
  probe(path: string): Promise<void>;
  /** Missing where nobody can tell what room there is. @throws KnownError DISK_FULL (retryable) if there is not room for so many bytes more */
  needRoom?(bytes: number): Promise<void>;
  /** How many bytes the files in directories hold, as `pack` would give them, as far as can be told before; what is not there holds none. */
  size(paths: readonly string[]): Promise<number>;
  list(path: string): Promise<readonly FileEntry[]>;
  /** A part of what `list` gives. Missing where that is not less work. */
  page?(path: string, wanted: FilesWanted): Promise<FilePage>;
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  stat(path: string): Promise<FileEntry>;
  /**
   * Unpacks a tar archive below `path`; files that exist are replaced. The directories `anew`, relative to `path`, hold nothing
   * afterwards but what the archive has of them, and change only once the whole archive has been read. With them, what is in the
   * archive may go `below` a directory of `path`.
   */
  unpack(path: string, archive: AsyncIterable<Uint8Array>, anew?: readonly string[], below?: string): Promise<void>;
  /** A tar archive of what is in the directory `path`, with paths relative to it; empty if there is none. */
  pack(path: string): AsyncIterable<Uint8Array>;
  /** A tar archive of the file `path` alone. Only where a directory may not tell what is in it. */
  packFile?(path: string): AsyncIterable<Uint8Array>;
  /** What `pack` gives, for another machine. */
  outlet?(path: string): Outlet;
  /** What `unpack` does, from another machine: nothing of it is seen before all of it is there. */
  inlet?(path: string, anew?: readonly string[], below?: string): Inlet;
  /** Makes the directory `path` anew of texts and of copies of files of this storage (`from`); it appears whole or not at all. */
  assemble(path: string, files: readonly AssembledFile[]): Promise<void>;
  /** Removes files and directories; what is not there is passed over. */
  remove(paths: readonly string[]): Promise<void>;
  /**
   * Takes over what is in `directory` of its machine, to the same relative paths, without copying: moves `directories`, links
   * `files`, passes over what is not there and empty files. Resolves with whether that was possible; if not, the rest must be
   * unpacked.
   */
  adopt?(directory: string, directories: readonly string[], files: readonly string[]): Promise<boolean>;
  /** Missing where files do not come in pieces. */
  readonly uploading?: Uploading;
  /** Makes `to` a copy of the directory `from`, replacing what was there. */
  copy(from: string, to: string): Promise<void>;
}
