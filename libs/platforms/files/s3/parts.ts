import { createHash } from 'node:crypto';
import { sdk } from './client.ts';
import type { Metadata, Objects } from './objects.ts';
import { isBadDigest, isNoUpload } from './trouble.ts';

export interface Part {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}

/** An object that comes in parts, in as many requests; https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html. */
export class Parts {
  constructor(
    private readonly objects: Objects,
    private readonly path: string,
  ) {}

  /** Begins; resolves with what the service calls it. */
  async create(metadata: Metadata): Promise<string> {
    const { CreateMultipartUploadCommand } = await sdk();
    const { UploadId } = await this.objects.write(this.path, (client, options) =>
      client.send(new CreateMultipartUploadCommand({ ...this.at, ...metadata }), options),
    );
    if (UploadId === undefined) throw this.objects.trouble(new Error('The service gave the upload no name.'), this.objects.name(this.path));
    return UploadId;
  }

  /** The service compares the checksum before it keeps the part. */
  async put(id: string, number: number, bytes: Uint8Array): Promise<'kept' | 'damaged' | 'no upload'> {
    const { UploadPartCommand } = await sdk();
    const ContentMD5 = createHash('md5').update(bytes).digest('base64');
    const input = { ...this.at, UploadId: id, PartNumber: number, Body: bytes, ContentMD5 };
    return this.objects.write(this.path, async (client, options) => {
      try {
        await client.send(new UploadPartCommand(input), options);
        return 'kept';
      } catch (error) {
        if (isBadDigest(error)) return 'damaged';
        if (isNoUpload(error)) return 'no upload';
        throw error;
      }
    });
  }

  /** In their order; null if there is no such upload. */
  async list(id: string): Promise<readonly Part[] | null> {
    const { ListPartsCommand } = await sdk();
    const parts: Part[] = [];
    let marker: string | undefined;
    do {
      const input = { ...this.at, UploadId: id, ...(marker !== undefined && { PartNumberMarker: marker }) };
      const page = await this.objects.write(this.path, (client, options) =>
        client.send(new ListPartsCommand(input), options).catch((error) => (isNoUpload(error) ? null : Promise.reject(error))),
      );
      if (!page) return null;
      for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? []) parts.push({ number: PartNumber, size: Size, etag: ETag });
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  /** Resolves with whether there was such an upload: one that has ended is none, even if the answer to that was lost. */
  async complete(id: string, parts: readonly Part[]): Promise<boolean> {
    const { CompleteMultipartUploadCommand } = await sdk();
    const MultipartUpload = { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag })) };
    return this.objects.write(this.path, (client, options) =>
      client.send(new CompleteMultipartUploadCommand({ ...this.at, UploadId: id, MultipartUpload }), options).then(
        () => true,
        (error) => (isNoUpload(error) ? false : Promise.reject(error)),
      ),
    );
  }

  /** Nothing of it is kept. */
  async abort(id: string): Promise<void> {
    const { AbortMultipartUploadCommand } = await sdk();
    await this.objects.write(this.path, (client, options) =>
      client
        .send(new AbortMultipartUploadCommand({ ...this.at, UploadId: id }), options)
        .catch((error) => (isNoUpload(error) ? null : Promise.reject(error))),
    );
  }

  private get at() {
    return this.objects.at(this.path);
  }
}
