import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Connector } from '../../lib/documents.ts';
import { kindName } from '../../lib/platform-words.ts';
import { Icon } from '../../parts/icon.tsx';
import { Prose } from '../../parts/prose.tsx';
import classes from './connectors.module.css';

export function ConnectorCard({ connector, usable }: { readonly connector: Connector; readonly usable: boolean }) {
  const { name, title, description, runsOn, platforms } = connector;
  return (
    <li className={`panel ${classes['card']}`} data-usable={usable}>
      <div className={classes['top']}>
        <Text component="h3" fw={600} size="md" style={{ overflowWrap: 'anywhere' }}>
          {connector.version === null ? (
            title
          ) : (
            <Link to="/connectors/$name" params={{ name }} className={classes['open']}>
              {title}
            </Link>
          )}
        </Text>
        <Text component="span" size="xs" c="dimmed" className="mono">
          {name}
        </Text>
      </div>
      {description && (
        <Text size="sm" c="dimmed" lineClamp={4}>
          <Prose text={description} />
        </Text>
      )}
      <Reason connector={connector} />
      {runsOn.length > 0 && (
        <Text size="xs" c="dimmed" mt="auto" pt={4}>
          Runs on {runsOn.map(kindName).join(' or ')}
          {platforms.length > 0 && `: ${platforms.map((platform) => platform.name).join(', ')}`}
        </Text>
      )}
    </li>
  );
}

function Reason({ connector: { active, problem, version } }: { readonly connector: Connector }) {
  if (problem !== null) {
    return (
      <div className={classes['reason']} style={{ color: 'var(--kiln-failed)' }}>
        <Icon name="cross" />
        <span>
          <strong>Broken.</strong> {problem}
          {version !== null && ' The last sound version stays in use by its jobs.'}
        </span>
      </div>
    );
  }
  if (active) return null;
  return (
    <div className={classes['reason']} style={{ color: 'var(--kiln-cancelled)' }}>
      <Icon name="stopped" />
      <span>
        <strong>Inactive.</strong> An administrator switched it off; its jobs stay.
      </span>
    </div>
  );
}
