import type { Platform } from '@kiln/client/platform-documents';
import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { providerName } from '../../lib/platform-words.ts';
import { many, number } from '../../lib/time.ts';
import { Fact } from '../../parts/fact.tsx';
import { PlacePanel } from './place-panel.tsx';
import classes from './platform.module.css';

export function CloudPanel({ platform, onEdit }: { readonly platform: Platform; onEdit(): void }) {
  const { cloud, maxNodes } = platform;
  if (!cloud) return null;
  const openStack = cloud.provider === 'openstack';
  return (
    <PlacePanel title="Machines" platform={platform} onEdit={onEdit}>
      <Fact name="Cloud">{providerName(cloud.provider)}</Fact>
      {(cloud.endpoint !== '' || !openStack) && (
        <Fact name={openStack ? 'Keystone' : 'Endpoint'}>
          {cloud.endpoint ? <span className="mono">{cloud.endpoint}</span> : "Amazon's"}
        </Fact>
      )}
      <Fact name="Region">{cloud.region || 'the first'}</Fact>
      {openStack && <Fact name="Interface">{cloud.interface}</Fact>}
      <Fact name="Image">{cloud.image}</Fact>
      <Fact name="Size">{cloud.size}</Fact>
      <Fact name={openStack ? 'Network' : 'Subnet'}>{cloud.network}</Fact>
      {openStack && <Fact name="Floating addresses">{cloud.floatingNetwork ? `from ${cloud.floatingNetwork}` : 'none'}</Fact>}
      <Fact name="Zone">{cloud.zone || 'as the cloud likes'}</Fact>
      <Fact name="Login">
        {cloud.user}, from {cloud.sourceRange}
      </Fact>
      <Fact name="Of one job">at most {many(maxNodes, 'machine')}</Fact>
      <Fact name="Given back unless up within">{number(cloud.bootTimeout)} s</Fact>
      <Fact name="Price an hour">{cloud.pricePerHour === null ? 'not known' : `${cloud.pricePerHour} each`}</Fact>
      <Fact name="Rented now">
        <Anchor component={Link} to="/machines" inherit underline="always">
          Rented machines
        </Anchor>
      </Fact>
      {cloud.userData !== '' && (
        <div className={classes['whole']}>
          <dt>User data</dt>
          <dd>
            <details>
              <summary>{many(cloud.userData.trimEnd().split('\n').length, 'line')}</summary>
              <pre className={`mono ${classes['lines']}`}>{cloud.userData}</pre>
            </details>
          </dd>
        </div>
      )}
    </PlacePanel>
  );
}
