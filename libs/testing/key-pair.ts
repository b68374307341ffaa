import ssh2 from 'ssh2';

/** A fresh ed25519 key pair in OpenSSH's format. */
export function keyPair(): { readonly private: string; readonly public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    // One in 256, whose public half begins with a zero, comes out broken: https://github.com/mscdex/ssh2/issues/1513
    if (![pair.private, pair.public].some((key) => ssh2.utils.parseKey(key) instanceof Error)) return pair;
  }
}
