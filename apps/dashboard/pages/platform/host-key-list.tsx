import type { HostKey } from '@kiln/domain';
import classes from './platform.module.css';

export function HostKeyList({ keys }: { readonly keys: readonly HostKey[] }) {
  return (
    <dl className={classes['list']}>
      {keys.map(({ address, type, fingerprint }) => (
        <div key={`${address} ${type}`} className={classes['whole']}>
          <dt>
            {address} · {type}
          </dt>
          <dd className="mono">{fingerprint}</dd>
        </div>
      ))}
    </dl>
  );
}
