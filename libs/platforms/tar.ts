/** tar, with GNU's told to move 64 KiB at a time and not 10: it reads and writes pipes a third faster. Others do not know the variable. */
export const TAR: readonly string[] = ['env', 'TAR_OPTIONS=--blocking-factor=128', 'tar'];
