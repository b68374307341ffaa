import type { TypedDocumentNode } from '@apollo/client';
import { print } from 'graphql';
import { useEffect, useEffectEvent } from 'react';
import { client } from './client.ts';
import { reportSignedOut } from './session.ts';
import { backOff, socket } from './socket.ts';
import { type Trouble, troubleOf } from './trouble.ts';

interface Following<R, V> {
  /** Asked again at each reconnect, so that a position that moves on misses nothing and repeats nothing. */
  variables(): V;
  message(data: R): void;
  /** The server refused, and asking again would not help. */
  refused?(trouble: Trouble): void;
  /** The server has said that nothing follows; true: it is over. Otherwise it is asked again. */
  completed?(): boolean;
}

/** Follows a subscription through broken connections until the returned function is called. */
export function follow<R, V extends Record<string, unknown>>(document: TypedDocumentNode<R, V>, following: Following<R, V>): () => void {
  const stopped = new AbortController();
  void run();
  return () => stopped.abort();

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      const end = await once(document, following, stopped.signal);
      if (end === 'over' || stopped.signal.aborted) return;
      await backOff(stopped.signal);
    }
  }
}

/** `follow` for the life of a component; begins anew when `key` changes, and pauses while it is null. */
export function useFollow<R, V extends Record<string, unknown>>(
  key: string | null,
  document: TypedDocumentNode<R, V>,
  following: Following<R, V>,
): void {
  const variables = useEffectEvent(() => following.variables());
  const message = useEffectEvent((data: R) => following.message(data));
  const refused = useEffectEvent((trouble: Trouble) => following.refused?.(trouble));
  const completed = useEffectEvent(() => following.completed?.() ?? false);
  useEffect(() => {
    if (key === null) return undefined;
    return follow(document, {
      variables: () => variables(),
      message: (data) => message(data),
      refused: (trouble) => refused(trouble),
      completed: () => completed(),
    });
  }, [key, document]);
}

/** A fault in what takes a message must not take the connection down for all others. */
function take<R, V>(following: Following<R, V>, data: R): void {
  try {
    following.message(data);
  } catch (error) {
    reportError(error);
  }
}

/** Refusals that pass by themselves. */
const PASSING = ['NO_WORKER', 'PLATFORM_UNAVAILABLE', 'INTERNAL'];

function once<R, V extends Record<string, unknown>>(
  document: TypedDocumentNode<R, V>,
  following: Following<R, V>,
  signal: AbortSignal,
): Promise<'over' | 'again'> {
  return new Promise((resolve) => {
    const refuse = (errors: unknown) => {
      const trouble = troubleOf(errors);
      if (trouble.code === 'NOT_SIGNED_IN') reportSignedOut();
      following.refused?.(trouble);
      resolve(PASSING.includes(trouble.code) ? 'again' : 'over');
    };
    const stop = socket.subscribe<R>(
      { query: print(client.cache.transformDocument(document)), variables: following.variables() },
      {
        next: ({ data, errors }) => {
          if (signal.aborted) return;
          if (errors && errors.length > 0) refuse(errors);
          else if (data) take(following, data);
        },
        error: (error) => {
          if (Array.isArray(error)) return refuse(error);
          const code = error instanceof CloseEvent ? error.code : 0;
          if (code === 4401 || code === 4403) reportSignedOut();
          resolve(code === 4401 || code === 4403 ? 'over' : 'again');
        },
        complete: () => resolve(signal.aborted || following.completed?.() ? 'over' : 'again'),
      },
    );
    signal.addEventListener('abort', stop, { once: true });
  });
}
