import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './files.module.css';

/** Leads to another folder of the same storage. */
export function FolderLink({ path, children }: { readonly path: string; readonly children: ReactNode }) {
  return (
    <Link from="/platforms/$name/files" to="." search={path === '' ? {} : { path }} resetScroll={false} className={classes['link']}>
      {children}
    </Link>
  );
}
