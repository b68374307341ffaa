import type { WebKey } from '@kiln/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebFolder, webFolder } from '../../testing/web-folder.ts';

let web: WebFolder;
beforeEach(async () => {
  web = await webFolder();
});
afterEach(() => web.close());

const BASIC: WebKey = { kind: 'login', user: 'ann', password: 'pa:ss wörd' };
const TOKEN: WebKey = { kind: 'token', token: 'correct-horse' };
const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);

test('a key is told to its web.server, and to no other that it leads on to', async () => {
  const told: (string | undefined)[] = [];
  for (const key of [BASIC, TOKEN]) {
    web.server.authorization = key.kind === 'token' ? 'Bearer correct-horse' : `Basic ${Buffer.from('ann:pa:ss wörd').toString('base64')}`;
    web.server.instead = () => false;
    expect(await web.storage({ key: async () => key }).list('a')).toHaveLength(4);
    await expect(web.storage().list('a')).rejects.toMatchObject({ code: 'LOGIN_REFUSED' });
    web.instead('/note', (response) => response.writeHead(302, { location: `${web.other.url}/a/note` }).end());
    web.other.instead = ({ headers }) => {
      told.push(headers.authorization);
      return false;
    };
    expect(await text(web.storage({ key: async () => key }).read('a/note', 0, 10))).toBe('four');
  }
  expect(told).toEqual([undefined, undefined]);
});

test('who leads on without end, to a login, or to no web web.server, is not followed', async () => {
  const refused = (location: string, message: RegExp) => {
    web.instead('/note', (response) => response.writeHead(302, { location }).end());
    return expect(web.storage().read('a/note', 0, 10)).rejects.toMatchObject({ retryable: false, message: expect.stringMatching(message) });
  };
  await refused('note', /leads on more than 5 times/);
  await refused('file:///etc/passwd', /no address of a web server/);
  await refused('/a/', /in place of “a\/note”: it may want a login/);
  web.instead('/a/', (response) => response.writeHead(302, { location: '/' }).end());
  await expect(web.storage().list('a')).rejects.toMatchObject({ message: expect.stringContaining('has no index page') });
});

test('an answer in another protocol is none, and is not waited for', async () => {
  const changed = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n';
  web.instead('/note', (response) => response.socket?.write(changed));
  await expect(web.storage().read('a/note', 0, 10)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
});

test('an address with two slashes names no other host', async () => {
  expect(await text(web.storage({ url: `${web.server.url}//a` }).read('note', 0, 10))).toBe('four');
});
