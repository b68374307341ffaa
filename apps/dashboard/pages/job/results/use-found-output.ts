import { useApolloClient } from '@apollo/client/react';
import { type FoundOutput, foundOutputQuery, type TaskFiles } from '@kiln/client/found-output';
import { useState } from 'react';
import { useReread } from '../../../lib/use-reread.ts';

const PAGE = 20;

/** Files that are a declared output, of the first `pages` of an iteration's tasks; looked for again and again while the job is `live`. */
export function useFoundOutput(id: string, name: string, iteration: number, live: boolean) {
  const client = useApolloClient();
  const [pages, setPages] = useState(1);
  const found = useReread(`${id} ${name} ${iteration}`, live, async (): Promise<Pick<FoundOutput, 'output' | 'tasks' | 'more'>> => {
    const tasks: TaskFiles[] = [];
    for (let after = 0, page = 1; ; page += 1) {
      const variables = { id, name, iteration, first: PAGE, after };
      const { data } = await client.query({ query: foundOutputQuery, variables, fetchPolicy: 'no-cache' });
      const found = data?.job?.foundOutput;
      if (!found) throw new Error(`There is no job ${id}.`);
      tasks.push(...found.tasks);
      after = tasks.at(-1)?.task ?? after;
      if (!found.more || page === pages) return { tasks, output: found.output, more: found.more };
    }
  });
  const showMore = () => {
    setPages(pages + 1);
    found.retry();
  };
  return { ...found, showMore };
}
