import { Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

interface PageProps {
  /** In the browser's tab. */
  readonly name: string;
  readonly heading?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ name, heading, aside, children }: PageProps) {
  useTitle(name);
  return (
    <div style={{ maxWidth: 1480, margin: '0 auto', padding: '20px clamp(12px, 2.5vw, 28px) 56px' }}>
      {heading !== undefined && (
        <div
          style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'center', justifyContent: 'space-between', marginBottom: 16 }}
        >
          <Title order={1}>{heading}</Title>
          {aside}
        </div>
      )}
      {children}
    </div>
  );
}

export function useTitle(name: string): void {
  useEffect(() => {
    document.title = name === 'Kiln' ? 'Kiln' : `${name} · Kiln`;
  }, [name]);
}
