/** Plain text in which `words between backticks` are code. */
export function Prose({ text }: { readonly text: string }) {
  return text.split(/`([^`]+)`/).map((piece, at) =>
    at % 2 === 0 ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no other identity
      <code key={at} className="mono" style={{ fontSize: '0.92em' }}>
        {piece}
      </code>
    ),
  );
}
