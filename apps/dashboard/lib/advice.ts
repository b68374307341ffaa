interface Failed {
  readonly failure: { readonly message: string } | null;
  readonly advice: string | null;
}

/** What can be done about a failure, unless its message says so already. */
export function furtherAdvice({ failure, advice }: Failed): string | null {
  return advice === null || failure?.message.includes(advice) ? null : advice;
}
