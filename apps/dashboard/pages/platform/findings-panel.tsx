import type { Platform } from '@kiln/client/platform-documents';
import { Text } from '@mantine/core';
import { findingLook } from '../../lib/status.ts';
import { Icon } from '../../parts/icon.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

/** What the check found; while it goes on, one after the other. */
export function FindingsPanel({ platform: { findings, state } }: { readonly platform: Platform }) {
  const checking = state === 'checking';
  return (
    <Panel title="Check">
      <ul className={classes['findings']} aria-live="polite" aria-busy={checking}>
        {findings.map(({ name, status, message }) => {
          const { icon, color, label } = findingLook(status);
          return (
            <li key={`${name} ${message}`} className={classes['finding']}>
              <span style={{ color, paddingTop: 3 }}>
                <Icon name={icon} />
                <span className="visually-hidden">{label}: </span>
              </span>
              <strong>{name}</strong>
              <span style={status === 'ok' ? undefined : { color }}>
                <Prose text={message} />
              </span>
            </li>
          );
        })}
        {checking && (
          <li className={classes['finding']}>
            <span style={{ color: 'var(--kiln-running)', paddingTop: 3 }}>
              <Icon name="running" turning />
            </span>
            <span className={classes['looking']}>{findings.length === 0 ? 'Connecting…' : 'Looking on…'}</span>
          </li>
        )}
      </ul>
      {findings.length === 0 && !checking && (
        <Text size="sm" c="dimmed">
          It has not been checked.
        </Text>
      )}
    </Panel>
  );
}
