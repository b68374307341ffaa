export interface ReadBytes {
  readonly bytes: Uint8Array;
  /** There is more than was read. */
  readonly cut: boolean;
}

/** The first `most` bytes of a file, or its last ones if that is negative. */
export async function readBytes(url: string, most: number, signal: AbortSignal): Promise<ReadBytes> {
  const response = await fetch(url, { headers: { Range: most < 0 ? `bytes=${most}` : `bytes=0-${most - 1}` }, signal });
  if (response.status === 416) return { bytes: new Uint8Array(), cut: false }; // an empty file has no first byte
  if (!response.ok) throw new Error(await refusal(response));
  const bytes = new Uint8Array(await response.arrayBuffer()).subarray(0, Math.abs(most));
  const size = Number(/\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1] ?? bytes.length);
  return { bytes, cut: size > bytes.length };
}

/** The sentence in an answer that is none. */
export async function refusal(response: Response): Promise<string> {
  const found = /"message":"((?:[^"\\]|\\.)*)"/.exec(await response.text());
  return found?.[1] ?? `The file could not be read: HTTP status ${response.status}.`;
}
