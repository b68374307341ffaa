import type { Share } from './loaders.ts';

const SHARED_FOR = 1000;

/** Gives those who ask the same within a second, and before the next event, one answer. */
export function sharedAnswers(): { readonly share: Share; forget(): void } {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  return {
    share(key, load) {
      const recent = known.get(key);
      if (recent && Date.now() - recent.at < SHARED_FOR) return recent.answer as ReturnType<typeof load>; // a key names one kind of answer
      const answer = load();
      known.set(key, { at: Date.now(), answer });
      answer.catch(() => known.delete(key)); // told to those who asked
      return answer;
    },
    forget: () => known.clear(),
  };
}
