import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router } from 'express';

/** The built dashboard: its assets have their content's hash in their names; every other address is the one page. */
export function dashboard(directory: string): Router {
  const page = join(directory, 'index.html');
  const router = Router();
  router.use('/assets', express.static(join(directory, 'assets'), { immutable: true, maxAge: '1y', index: false, redirect: false }));
  router.use('/assets', (_request, response) => {
    response.status(404).type('text').send('There is no such file.\n');
  });
  router.use(express.static(directory, { index: false, redirect: false, maxAge: 0 }));
  router.get('/{*path}', (_request, response) => {
    if (existsSync(page)) response.set('Cache-Control', 'no-cache').sendFile(page, { dotfiles: 'allow' });
    else response.status(404).type('text').send('The dashboard is not built: run `npm run build`. The API is at /graphql.\n');
  });
  return router;
}
