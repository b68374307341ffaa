import type { Platform } from '@kiln/client/platform-documents';
import { number } from '../../lib/time.ts';
import { Fact } from '../../parts/fact.tsx';
import { Panel } from './panel.tsx';
import classes from './platform.module.css';

/** What is said of a cloud; it is changed on the command line. */
export function CloudPanel({ platform: { cloud } }: { readonly platform: Platform }) {
  if (!cloud) return null;
  return (
    <Panel title="Machines">
      <dl className={classes['list']}>
        <Fact name="Image">{cloud.image}</Fact>
        <Fact name="Size">{cloud.size}</Fact>
        <Fact name="Network">{cloud.network}</Fact>
        {cloud.zone && <Fact name="Zone">{cloud.zone}</Fact>}
        {cloud.region && <Fact name="Region">{cloud.region}</Fact>}
        <Fact name="Login">
          {cloud.user}, from {cloud.sourceRange}
        </Fact>
        <Fact name="Given back unless up within">{number(cloud.bootTimeout)} s</Fact>
        {cloud.pricePerHour !== null && <Fact name="Price an hour">{cloud.pricePerHour} each</Fact>}
      </dl>
    </Panel>
  );
}
