import type { Platform } from '@kiln/client/platform-documents';
import { budget, loginText } from '../../lib/platform-words.ts';
import { Fact } from '../../parts/fact.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

export function ConnectionPanel({ platform: { connection, link } }: { readonly platform: Platform }) {
  if (!connection) return null;
  return (
    <Panel title="Connection">
      <dl className={classes['list']}>
        <Fact name="Login">
          <span className="mono">{loginText(connection)}</span>
        </Fact>
        {connection.jumps.length > 0 && (
          <Fact name="Through">
            <span className="mono">{connection.jumps.map(loginText).join(' → ')}</span>
          </Fact>
        )}
        {link && <Fact name="In use now">{budget(link)}</Fact>}
      </dl>
    </Panel>
  );
}
