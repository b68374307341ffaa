import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

/** Text to be copied, such as a command, in full and selectable. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="panel" style={{ background: 'var(--kiln-raised)', padding: 10, display: 'flex', gap: 10, alignItems: 'flex-start' }}>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        role="group"
        className="mono"
        style={{
          margin: 0,
          flex: 1,
          minWidth: 0,
          overflow: 'auto',
          maxHeight: 260,
          fontSize: 12.5,
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
        }}
      >
        {unbroken(text)}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}

/** Lines break between words, not after the hyphens of `--sweep`; what is too long for that breaks anywhere. */
function unbroken(text: string): ReactNode {
  return text.split(/(\s+)/).map((word, at) =>
    /^-|-/.test(word) && word.length < 32 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the words have no other identity
      <span key={at} style={{ whiteSpace: 'nowrap' }}>
        {word}
      </span>
    ) : (
      word
    ),
  );
}
