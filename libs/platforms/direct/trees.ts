/** What writes what is in a directory as a tar archive; an absolute path. */
export function sending(directory: string): readonly string[] {
  return ['sh', '-c', 'cd "$1" && export TAR_OPTIONS=--blocking-factor=128; exec tar -cf - .', 'sh', directory];
}

/** What unpacks a tar archive in a directory; an absolute path. */
export function receiving(directory: string): readonly string[] {
  return ['sh', '-c', 'cd "$1" && export TAR_OPTIONS=--blocking-factor=128; exec tar -xof -', 'sh', directory];
}
