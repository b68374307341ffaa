import { join, resolve } from 'node:path';
import { newConnector } from '@kiln/connectors/scaffold';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';
import { homeFrom } from '../start/options.ts';

export interface NewOptions {
  readonly in?: string;
  readonly home?: string;
  readonly json?: boolean;
}

export async function run(name: string, options: NewOptions, context: Context): Promise<void> {
  const { screen } = context;
  const own = join(homeFrom(options, context), 'payloads');
  const directory = options.in === undefined ? own : resolve(options.in);
  const folder = await newConnector(directory, name);
  if (options.json) return screen.json({ name, folder });
  screen.line('Made ', styled('strong', folder));
  screen.line(
    `1. Change process_payload/main.sh and connector.yaml there, then: kiln connector check ${directory === own ? name : folder}`,
  );
  const found = directory === own ? '' : ` (start Kiln with \`kiln up --payloads ${directory}\`)`;
  screen.line(`2. Run it${found}: kiln submit ${name} --watch`);
}
