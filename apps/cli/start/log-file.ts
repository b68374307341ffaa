import { closeSync, fstatSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { field } from './field.ts';

/** Bytes at which a log is put aside as `NAME.log.20250601T120000.000Z`. */
const ROTATE_AT = 20_000_000;

/** A log that is put aside when it has grown large. Several processes may write the same one. */
export class LogFile {
  #descriptor: number;
  #size: number;
  #closed = false;

  constructor(
    private readonly file: string,
    /** How long what was put aside is kept; milliseconds, null is for ever. */
    private readonly keep: number | null,
    private readonly rotateAt = ROTATE_AT,
  ) {
    this.#descriptor = openSync(file, 'a', 0o600);
    this.#size = fstatSync(this.#descriptor).size;
    this.#forgetOld();
  }

  /** What cannot be written, since the disk is full for one, is lost: Kiln goes on without its log. */
  write(line: string): void {
    if (this.#closed) return;
    try {
      if (this.#size > this.rotateAt) this.#rotate();
      this.#size += writeSync(this.#descriptor, line);
    } catch (error) {
      if (field(error, 'syscall') === undefined) throw error;
    }
  }

  close(): void {
    if (!this.#closed) closeSync(this.#descriptor);
    this.#closed = true;
  }

  #rotate(): void {
    // Another process may have put it aside already: then what has the name now is a new one.
    const own = fstatSync(this.#descriptor);
    if (inodeOf(this.file) === own.ino) renameSync(this.file, `${this.file}.${new Date().toISOString().replaceAll(/[-:]/g, '')}`);
    const fresh = openSync(this.file, 'a', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = fresh;
    this.#size = fstatSync(fresh).size;
    this.#forgetOld();
  }

  #forgetOld(): void {
    if (this.keep === null) return;
    const before = Date.now() - this.keep;
    const folder = dirname(this.file);
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(`${basename(this.file)}.`)) continue;
      const aside = join(folder, name);
      if ((statSync(aside, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) rmSync(aside, { force: true });
    }
  }
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
