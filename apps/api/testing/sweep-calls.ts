import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, TestApi } from './start-test-api.ts';

const FIELDS = `id directory connector status atMost over parameters createdAt endedAt output { storage path } lastSeq
  counts { total waiting active blocked succeeded failed cancelled }`;
const SUBMIT = `mutation ($input: SubmitSweepInput!) {
  submitSweep(input: $input) { sweep { ${FIELDS} } added problems { path code message } }
}`;
const CHILDREN = `query ($id: ID!) { sweep(id: $id) { status counts { total waiting active succeeded failed cancelled }
  jobs(first: 500) { totalCount nodes { id status point parameters sweepId startedAt output { path } } } } }`;

const PREVIEW = `mutation ($input: SubmitSweepInput!) {
  previewSweep(input: $input) { jobCount taskCount firstPoints atMost parameters problems { path code message } }
}`;

/** What tests ask of sweeps, over the API. */
export function sweepCalls(api: TestApi) {
  return {
    async connector(name: string, more = ''): Promise<void> {
      await mkdir(join(api.payloads, name), { recursive: true });
      await writeFile(join(api.payloads, name, 'connector.yaml'), `description: Does little.\nrunsOn: unix\ncommand: 'true'\n${more}`);
    },
    async submit(input: object, token?: string): Promise<Answer['data']> {
      const { data, errors } = await api.call(SUBMIT, { input: { connector: 'plain', ...input } }, token);
      if (!data) throw new Error(JSON.stringify(errors));
      return data.submitSweep;
    },
    async preview(input: object): Promise<Answer['data']> {
      return (await api.call(PREVIEW, { input: { connector: 'plain', ...input } })).data.previewSweep;
    },
    async children(id: string): Promise<Answer['data']> {
      return (await api.call(CHILDREN, { id })).data.sweep;
    },
    act(call: string, id: string, token?: string): Promise<Answer> {
      const counts = 'counts { total waiting active failed cancelled }';
      return api.call(`mutation ($id: ID!) { ${call}(id: $id) { id status ${counts} } }`, { id }, token);
    },
  };
}
