// Run by s3-server.ts: a server that keeps a bucket in the directory given, on 127.0.0.1 at the port given, until it is killed or
// its standard input ends.
import { unlink } from 'node:fs/promises';
import S3rver from 's3rver';
import { type Middleware, mendMultipart, type PartsStore } from './s3-multipart.ts';

const [directory = '', port = '0', bucket = ''] = process.argv.slice(2);
const server = new S3rver({
  directory,
  address: '127.0.0.1',
  port: Number(port),
  silent: true,
  configureBuckets: [{ name: bucket, configs: [] }],
});
const { store, middleware } = server as unknown as { store: Store; middleware: Middleware[] }; // its types do not tell of them
mendMultipart({ middleware }, store);

/** As much of a store of s3rver 3.7.1 as is mended here. */
interface Store extends PartsStore {
  listObjects(bucket: string, options: { delimiter?: string; prefix?: string; maxKeys?: number }): Promise<Listing>;
  deleteObject(bucket: string, key: string): Promise<void>;
}

interface Listing {
  objects: readonly { readonly key: string }[];
  commonPrefixes: readonly string[];
  isTruncated: boolean;
}

const listAll = store.listObjects.bind(store);
/** With a delimiter, s3rver does not see directories that hold only directories. */
store.listObjects = async (name, { delimiter = '', prefix = '', maxKeys = Number.POSITIVE_INFINITY, ...rest }) => {
  if (delimiter === '') return listAll(name, { prefix, maxKeys, ...rest });
  const { objects } = await listAll(name, { prefix, ...rest });
  const endOf = (key: string) => key.indexOf(delimiter, prefix.length);
  const own = objects.filter(({ key }) => endOf(key) < 0);
  const common = objects.filter(({ key }) => endOf(key) >= 0).map(({ key }) => key.slice(0, endOf(key) + 1));
  return { objects: own.slice(0, maxKeys), commonPrefixes: [...new Set(common)], isTruncated: own.length > maxKeys };
};

/** It would remove empty directories, too, while another request is about to write there. */
store.deleteObject = async (name, key) => {
  const resources = ['object', 'object.md5', 'metadata.json'].map((resource) => store.getResourcePath(name, key, resource));
  await Promise.all(resources.map((path) => unlink(path).catch(unlessMissing)));
};

function unlessMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

const { port: own } = await server.run();
process.stdout.write(`${own}\n`);
process.stdin.resume().once('end', () => process.exit());
