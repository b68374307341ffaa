/** One thing that PBS describes in full (`qstat -f`, `qstat -Qf`, `pbsnodes -a`): its title and its attributes by name in lower case. */
export interface Block {
  readonly title: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** Blocks whose first line matches `heading`, which captures the title. Long values go on in lines that begin with a tab. */
export function blocks(text: string, heading: RegExp): readonly Block[] {
  const found: { title: string; attributes: Map<string, string> }[] = [];
  for (const line of text.replace(/\r\n/g, '\n').replace(/\n\t/g, '').split('\n')) {
    const title = heading.exec(line)?.[1];
    if (title !== undefined) found.push({ title, attributes: new Map() });
    const [, name, value] = /^\s+([\w.]+) = (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) found.at(-1)?.attributes.set(name.toLowerCase(), value.trim());
  }
  return found;
}

/**
 * A shell command that asks `question` and passes on the few attributes that Kiln reads; all of them are kilobytes for each element.
 * Plain text, because JSON of PBS is not always JSON. Jobs that ended meanwhile (Unknown Job Id is 153, Job has finished 35) are no failure.
 */
export function onlyNeeded(question: string): string {
  return `{ ${question}; echo "qstat ended with $?"; } | awk '${NEEDED}'`;
}

const NEEDED = `
BEGIN { code = 1 }
/^qstat ended with [0-9]+$/ { code = $4; next }
/^Job Id/ || /^ +(Job_Name|job_state|substate|comment|[Ee]xit_status|estimated.start_time|resources_used.walltime|Resource_List.walltime) = / { keep = 1; print; next }
/^\\t/ { if (keep) print; next }
{ keep = 0 }
END { exit((code == 153 || code == 35) ? 0 : code) }`;

/** `123[4].server` is element 4 of `123[].server`; `123.server` is a job without elements. Null if it is no id. */
export function splitId(id: string): { readonly job: string; readonly element: number | null; readonly isArray: boolean } | null {
  const match = /^(\d+)(\[(\d*)\])?(\.\S+)?$/.exec(id.trim());
  if (!match) return null;
  const isArray = match[2] !== undefined;
  return { job: `${match[1]}${isArray ? '[]' : ''}${match[4] ?? ''}`, element: match[3] ? Number(match[3]) : null, isArray };
}
