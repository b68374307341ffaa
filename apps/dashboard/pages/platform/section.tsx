import type { ReactNode } from 'react';
import classes from './form.module.css';

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

export function Section({ title, children }: SectionProps) {
  return (
    <fieldset className={classes['section']}>
      <legend>{title}</legend>
      <div className={classes['fields']}>{children}</div>
    </fieldset>
  );
}

/** Folded: its defaults are sound. What is wrong in it unfolds it. */
export function Folded({ title, hint, children }: SectionProps & { readonly hint: string }) {
  return (
    <details className={classes['folded']}>
      <summary>
        <span className={classes['foldedTitle']}>{title}</span> <span className={classes['hint']}>{hint}</span>
      </summary>
      {children}
    </details>
  );
}
