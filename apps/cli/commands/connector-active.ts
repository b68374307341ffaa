import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';

export interface ActiveOptions {
  readonly json?: boolean;
  readonly url?: string;
}

export async function run(name: string, active: boolean, options: ActiveOptions, context: Context): Promise<void> {
  const changed = await (await context.kiln(options)).setConnectorActive(name, active);
  if (options.json) return context.screen.json(changed);
  context.screen.line(styled('strong', changed.name), changed.active ? ' takes jobs again.' : ' takes no more jobs; those it has stay.');
}
