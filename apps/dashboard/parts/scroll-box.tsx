import type { ReactNode } from 'react';

interface ScrollBoxProps {
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** Scrolls what is too wide or too high, also by keyboard. */
export function ScrollBox({ label, className, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={label} className={className} style={{ overflow: 'auto' }}>
      {children}
    </section>
  );
}
