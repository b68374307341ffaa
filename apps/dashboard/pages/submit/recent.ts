/** Kiln writes this preset at each submission; nobody else can. */
export const RECENT = 'Most recent values';
