import type { Platform } from '@kiln/client/platform-documents';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { platformLook } from '../../lib/status.ts';
import { troubleOf } from '../../lib/trouble.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { Page, useTitle } from '../../parts/page.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { BucketPanel } from './bucket-panel.tsx';
import { CloudPanel } from './cloud-panel.tsx';
import { ConnectionPanel } from './connection-panel.tsx';
import { CuratorPanel } from './curator-panel.tsx';
import { EditForm } from './edit-form.tsx';
import { FactsPanel } from './facts-panel.tsx';
import { FindingsPanel } from './findings-panel.tsx';
import { HostKeysPanel } from './host-keys-panel.tsx';
import classes from './platform.module.css';
import { PlatformBanner } from './platform-banner.tsx';
import { PlatformHeader } from './platform-header.tsx';
import { PublicKeyPanel } from './public-key-panel.tsx';
import { QueuesPanel } from './queues-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { usePlatform } from './use-platform.ts';
import { WebPanel } from './web-panel.tsx';

const route = getRouteApi('/platforms/$name');

export function PlatformPage() {
  const { name } = route.useParams();
  const { platform, error, reload } = usePlatform(name);
  if (platform === null || (error && troubleOf(error).code === 'NOT_FOUND')) return <NotFound what={`There is no platform “${name}”.`} />;
  return (
    <Page name={name}>
      {error && <Failure error={error} retry={reload} />}
      {!platform && !error && <Loading what="the platform" />}
      {platform && <Shown key={name} platform={platform} />}
    </Page>
  );
}

function Shown({ platform }: { readonly platform: Platform }) {
  const [editing, setEditing] = useState(false);
  useTitle(`${platform.name} ${platformLook(platform.state).label.toLowerCase()}`);
  return (
    <>
      <PlatformHeader platform={platform} />
      <PlatformBanner platform={platform} />
      {editing ? (
        <EditForm platform={platform} onClose={() => setEditing(false)} />
      ) : (
        <div className={classes['columns']}>
          <div className={classes['column']}>
            {(platform.connection ?? platform.bucket ?? platform.url ?? platform.curator ?? platform.cloud) && (
              <FindingsPanel platform={platform} />
            )}
            <QueuesPanel platform={platform} />
            <SettingsPanel platform={platform} onEdit={() => setEditing(true)} />
          </div>
          <div className={classes['column']}>
            <BucketPanel platform={platform} onEdit={() => setEditing(true)} />
            <WebPanel platform={platform} onEdit={() => setEditing(true)} />
            <CuratorPanel platform={platform} onEdit={() => setEditing(true)} />
            <CloudPanel platform={platform} onEdit={() => setEditing(true)} />
            <ConnectionPanel platform={platform} />
            <FactsPanel platform={platform} />
            <HostKeysPanel platform={platform} />
            <PublicKeyPanel platform={platform} />
          </div>
        </div>
      )}
    </>
  );
}
