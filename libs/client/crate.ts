export interface CrateOptions {
  /** Whether what the tasks left is in it, default true; without it the crate only says what there is. */
  readonly outputs?: boolean;
  /** Under which terms it may be used: an identifier of SPDX such as `CC-BY-4.0`, or an address. */
  readonly license?: string;
}

/** A job as a Provenance Run Crate, which Kiln makes while it is read: `kiln.read(crateOf(7))` gives the bytes of a zip archive. */
export function crateOf(
  id: string | number,
  { outputs = true, license }: CrateOptions = {},
): { readonly path: string; readonly url: string } {
  const query = new URLSearchParams({ ...(outputs ? {} : { outputs: 'none' }), ...(license === undefined ? {} : { license }) });
  return { path: 'crate.zip', url: `/files/jobs/${encodeURIComponent(id)}/crate.zip${query.size > 0 ? `?${query}` : ''}` };
}
