import { KnownError, type Upload } from '@kiln/domain';

export function noRegular({ path }: Upload): KnownError {
  return new KnownError('BAD_INPUT', `“${path}” is a folder or no regular file, which an upload does not replace: choose another name.`);
}

export function notWhole({ path }: Upload): KnownError {
  return new KnownError('CONFLICT', `“${path}” has not come whole: upload it again, and it goes on where it stopped.`);
}

export function damagedPiece({ path }: Upload): KnownError {
  return new KnownError(
    'CONFLICT',
    `A piece of “${path}” did not arrive as it was sent, as its checksum tells: upload it again, and it goes on with this piece.`,
  );
}

export function damaged({ path }: Upload): KnownError {
  return new KnownError('CONFLICT', `“${path}” is not what was sent, as its checksums tell: upload it again.`);
}

export function noRoom({ path }: Upload, free: number): KnownError {
  const left = Math.max(0, Math.floor(free / 1024 / 1024));
  return new KnownError('DISK_FULL', `“${path}” does not fit: there is room for ${left} MB; make room and upload it again.`, {
    retryable: true,
  });
}
