import type { Caller } from '@kiln/db/accounts';
import { jobDirectory } from '@kiln/domain';
import { type Request, Router, raw } from 'express';
import type { Services } from './context.ts';
import { sendCrate } from './crate/send-crate.ts';
import { filesOf, outputsOf } from './file-source.ts';
import { sendFile } from './files.ts';
import { ownJob } from './job/own-job.ts';
import { ownStorage } from './storage/own-storage.ts';
import { LONGEST_PIECE, steerUpload, takePiece } from './storage/upload.ts';
import { sendChildren } from './sweep/children-file.ts';
import { ownSweep } from './sweep/own-sweep.ts';

/** Files as they are, and what is uploaded. Who asks is known before anything of a request is read. */
export function fileRoutes(services: Services, caller: (request: Request) => Promise<Caller>, publicUrl: string | undefined): Router {
  const { db, asker } = services;
  const routes = Router();
  const asking = async (request: Request) => ({ db, caller: await caller(request) });
  const storage = '/storages/:name{/*path}';

  routes.get('/jobs/:id/crate.zip', async (request, response) => {
    const who = await asking(request);
    const url = publicUrl ?? `http://${request.headers.host}`;
    await sendCrate({ db, asker, owner: who.caller.user, url }, await ownJob(who, request.params.id), request, response);
  });
  routes.get('/jobs/:id{/*path}', async (request, response) => {
    const job = await ownJob(await asking(request), String(request.params['id']));
    await sendFile(outputsOf(asker, job.id, jobDirectory(job)), request, response);
  });
  routes.get('/sweeps/:id/:name', async (request, response) => {
    const sweep = await ownSweep(await asking(request), request.params.id);
    await sendChildren(services, sweep, request, response);
  });
  routes.get(storage, async (request, response) => {
    const { name } = await ownStorage(await asking(request), String(request.params['name']));
    await sendFile(filesOf(asker, name), request, response);
  });
  routes.post(storage, async (request, response) => {
    const { name } = await ownStorage(await asking(request), String(request.params['name']));
    await steerUpload(asker, name, request, response);
  });
  routes.put(
    storage,
    async (request, response, next) => {
      response.locals['storage'] = (await ownStorage(await asking(request), String(request.params['name']))).name;
      next();
    },
    raw({ type: () => true, limit: LONGEST_PIECE }),
    (request, response) => takePiece(asker, response.locals['storage'], request, response), // set just above
  );
  return routes;
}
