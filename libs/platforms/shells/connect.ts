import type { Connection, HostKey } from '@kiln/domain';
import { type Link, openLink, type Proof, type ShownHostKey } from './ssh.ts';

/** Opens a connection through its jump hosts; all hops are let go with the last. */
export async function connectThrough(
  { jumps, ...last }: Connection,
  proof: Proof,
  pinned: readonly HostKey[],
  /** What the last hop is shown, if it is something else. */
  lastProof = proof,
): Promise<{ readonly link: Link; readonly hostKeys: readonly ShownHostKey[] }> {
  const hops = [...jumps, last];
  const links: Link[] = [];
  try {
    for (const hop of hops) {
      const before = links.at(-1);
      const address = `${hop.host}:${hop.port}`;
      const key = pinned.find((one) => one.address === address) ?? null;
      const shown = links.length < jumps.length ? proof : lastProof;
      links.push(await openLink({ hop, proof: shown, pinned: key, through: before ? await before.tunnel(hop) : null }));
    }
  } catch (error) {
    for (const link of links) link.close();
    throw error;
  }
  const link = links.at(-1);
  if (!link) throw new Error('A connection has at least one hop.');
  link.gone.then(() => {
    for (const hop of links.slice(0, -1)) hop.close();
  });
  return { link, hostKeys: links.map(({ hostKey }) => hostKey) };
}
