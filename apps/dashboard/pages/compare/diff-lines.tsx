import type { TextDiff } from '@kiln/client/text-diff';
import { ScrollBox } from '../../parts/scroll-box.tsx';
import classes from './compare.module.css';

type Patch = Extract<TextDiff, { kind: 'lines' }>['patch'];

/** Lines that went and came, with those around them. Signs say which is which, not only colours. */
export function DiffLines({ patch: { oldFileName, newFileName, hunks } }: { readonly patch: Patch }) {
  return (
    <ScrollBox label="Differences line by line" className={classes['lines']}>
      <div className={classes['legend']}>
        − {oldFileName}, + {newFileName}
      </div>
      {hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => (
        <div key={`${oldStart} ${newStart}`}>
          <div className={classes['place']}>
            lines {span(oldStart, oldLines)} → {span(newStart, newLines)}
          </div>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
            <div key={at} className={classes['line']} data-sign={line.charAt(0)}>
              <span className={classes['sign']}>{SIGNS[line.charAt(0)]}</span>
              <span>{line.startsWith('\\') ? 'no end of line at the end of the file' : line.slice(1)}</span>
            </div>
          ))}
        </div>
      ))}
    </ScrollBox>
  );
}

const SIGNS: Readonly<Record<string, string>> = { '-': '−', '+': '+' };

function span(start: number, count: number): string {
  return count <= 1 ? String(start) : `${start}–${start + count - 1}`;
}
