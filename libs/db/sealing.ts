import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { KnownError } from '@kiln/domain';

export interface SealingKey {
  /** SubjectPublicKeyInfo in Base64. */
  readonly publicKey: string;
  /** PKCS #8 in Base64; it never leaves the workers. */
  readonly privateKey: string;
}

export function createSealingKey(): SealingKey {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: spki(publicKey).toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
  };
}

/**
 * Text that only the holder of the private key can read, as in ECIES: an ephemeral X25519 key agrees with `publicKey` on a key that
 * is used this once, by HKDF-SHA256, and AES-256-GCM does the rest. Laid out as version, ephemeral key, tag, text.
 */
export function seal(publicKey: string, text: string): Buffer {
  const ephemeral = generateKeyPairSync('x25519');
  const to = openPublic(Buffer.from(publicKey, 'base64'));
  const head = Buffer.concat([VERSION, spki(ephemeral.publicKey)]);
  const { key, nonce } = agreed(diffieHellman({ privateKey: ephemeral.privateKey, publicKey: to }), head, to);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head);
  const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([head, cipher.getAuthTag(), hidden]);
}

/** @throws KnownError LOGIN_REFUSED if it was sealed to another key or changed since */
export function unseal(privateKey: string, sealed: Uint8Array): string {
  const own = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
  const head = Buffer.from(sealed.subarray(0, HEAD));
  const tag = sealed.subarray(HEAD, HEAD + TAG);
  try {
    if (!head.subarray(0, 1).equals(VERSION) || tag.length < TAG) throw new Error('This is nothing that was sealed here.');
    const secret = diffieHellman({ privateKey: own, publicKey: openPublic(head.subarray(1)) });
    const { key, nonce } = agreed(secret, head, createPublicKey(own));
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(head).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(HEAD + TAG)), decipher.final()]).toString('utf8');
  } catch (cause) {
    const message = 'The stored secret of this platform cannot be opened with the key of this worker; give its password or key again.';
    throw new KnownError('LOGIN_REFUSED', message, { cause });
  }
}

const VERSION = Buffer.from([1]);
/** Bytes of an X25519 SubjectPublicKeyInfo: https://www.rfc-editor.org/rfc/rfc8410#section-4 */
const SPKI = 44;
const HEAD = VERSION.length + SPKI;
const TAG = 16;

function spki(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function openPublic(der: Buffer): KeyObject {
  return createPublicKey({ key: der, type: 'spki', format: 'der' });
}

/** The ephemeral key is new each time, and with it key and nonce. */
function agreed(secret: Buffer, head: Buffer, to: KeyObject): { readonly key: Buffer; readonly nonce: Buffer } {
  const bits = Buffer.from(hkdfSync('sha256', secret, Buffer.concat([head, spki(to)]), 'kiln sealing', 44));
  return { key: bits.subarray(0, 32), nonce: bits.subarray(32) };
}
