import { expect, it } from 'vitest';
import { createSealingKey, seal, unseal } from './sealing.ts';

const TEXT = JSON.stringify({ password: 'pässwörd “x”\n$()\0' });

it('what was sealed is opened by the private key and nothing else', () => {
  const key = createSealingKey();
  const sealed = seal(key.publicKey, TEXT);
  expect(unseal(key.privateKey, sealed)).toBe(TEXT);
  expect(sealed.includes('password')).toBe(false);
  expect(() => unseal(createSealingKey().privateKey, sealed)).toThrow(expect.objectContaining({ code: 'LOGIN_REFUSED' }));
});

it('the same text is never sealed to the same bytes', () => {
  const { publicKey } = createSealingKey();
  expect(seal(publicKey, TEXT)).not.toEqual(seal(publicKey, TEXT));
});

it('every changed byte and every missing end is noticed', () => {
  const { publicKey, privateKey } = createSealingKey();
  const sealed = seal(publicKey, 'x');
  for (const at of sealed.keys()) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => unseal(privateKey, changed), `byte ${at}`).toThrow(expect.objectContaining({ code: 'LOGIN_REFUSED' }));
    expect(() => unseal(privateKey, sealed.subarray(0, at)), `cut at ${at}`).toThrow(expect.objectContaining({ code: 'LOGIN_REFUSED' }));
  }
});

it('nothing at all is opened as nothing', () => {
  const { publicKey, privateKey } = createSealingKey();
  expect(unseal(privateKey, seal(publicKey, ''))).toBe('');
});
