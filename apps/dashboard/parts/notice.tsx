import { Button, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Trouble, troubleOf } from '../lib/trouble.ts';
import { Icon } from './icon.tsx';

interface BannerProps {
  readonly tone: 'failed' | 'blocked' | 'neutral';
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

const ICONS = { failed: 'cross', blocked: 'blocked', neutral: 'stopped' } as const;
const COLORS = { failed: 'var(--kiln-failed)', blocked: 'var(--kiln-blocked)', neutral: 'var(--kiln-cancelled)' } as const;

export function Banner({ tone, title, children, actions }: BannerProps) {
  return (
    <div
      role={tone === 'failed' ? 'alert' : 'status'}
      style={{
        display: 'flex',
        flexWrap: 'wrap',
        gap: 12,
        padding: '10px 14px',
        borderRadius: 8,
        background: `var(--kiln-tint-${tone})`,
        borderInlineStart: `3px solid ${COLORS[tone]}`,
      }}
    >
      <div style={{ display: 'flex', gap: 10, flex: '1 1 260px', minWidth: 0 }}>
        <span style={{ color: COLORS[tone], paddingTop: 3 }}>
          <Icon name={ICONS[tone]} size={16} />
        </span>
        <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
          <Text component="div" size="sm" fw={600}>
            {title}
          </Text>
          <Text component="div" size="sm">
            {children}
          </Text>
        </div>
      </div>
      {actions && <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>{actions}</div>}
    </div>
  );
}

/** What went wrong with a call, and a way to try again. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const trouble: Trouble = troubleOf(error);
  return (
    <Banner
      tone="failed"
      title={trouble.message}
      actions={
        retry && (
          <Button size="compact-sm" variant="default" onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      <span className="mono" style={{ fontSize: 12 }}>
        {trouble.code}
      </span>
    </Banner>
  );
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <div role="status" style={{ display: 'flex', gap: 10, alignItems: 'center', padding: '32px 0', color: 'var(--mantine-color-dimmed)' }}>
      <Loader size="xs" aria-hidden="true" />
      Loading {what}…
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="panel" style={{ padding: '36px 20px', textAlign: 'center', background: 'var(--kiln-raised)' }}>
      <Text component="h2" fw={600} mb={6}>
        {title}
      </Text>
      <Text component="div" size="sm" c="dimmed" maw={560} mx="auto">
        {children}
      </Text>
    </div>
  );
}
