import { CopyButton } from './copy-button.tsx';

/** Text to be copied, such as a command, in full and selectable. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="panel" style={{ background: 'var(--kiln-raised)', padding: 10, display: 'flex', gap: 10, alignItems: 'flex-start' }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} aria-label={label} role="group" className="mono" style={{ margin: 0, flex: 1, minWidth: 0, overflow: 'auto', maxHeight: 260, fontSize: 12.5, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {text}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}
