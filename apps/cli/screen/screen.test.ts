import { describe, expect, it } from 'vitest';
import { styled } from './piece.ts';
import { Screen } from './screen.ts';
import { widthOf } from './width.ts';

const HOSTILE = 'a\u001b[2Jb\u001b]0;title\u0007c\rd\u0008e\u009b31mf\u202eg\u2066h\u0000';

function screenOn(options: { terminal: boolean; columns?: number; colours?: boolean }) {
  let out = '';
  const write = (text: string | Uint8Array) => {
    out += String(text);
  };
  const sink = { isTTY: options.terminal, columns: options.columns, write };
  return { screen: new Screen(sink, sink, { colours: options.colours ?? false }), printed: () => out };
}

describe('on a terminal', () => {
  it('no text of a server can give it orders', () => {
    const { screen, printed } = screenOn({ terminal: true, columns: 80, colours: true });
    screen.line(HOSTILE, styled('good', HOSTILE));
    screen.text(`${HOSTILE}\n\tend`);
    screen.error(HOSTILE);
    screen.table([{ title: 'NAME' }], [[`x\ny${HOSTILE}`]]);
    const left = printed()
      .replaceAll('\u001b[32m', '')
      .replaceAll('\u001b[39m', '')
      .replaceAll('\u001b[2m', '')
      .replaceAll('\u001b[22m', '');
    expect(left).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
    expect(left).toContain('x y');
  });

  it('JSON keeps its meaning', () => {
    const { screen, printed } = screenOn({ terminal: true });
    screen.json({ name: HOSTILE });
    expect(printed()).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
    expect(JSON.parse(printed())).toEqual({ name: HOSTILE });
  });

  it('a table is never wider, whatever the letters', () => {
    const { screen, printed } = screenOn({ terminal: true, columns: 30 });
    screen.table(
      [
        { title: 'ID', align: 'right' },
        { title: 'NAME', shrinkTo: 4 },
        { title: 'TEXT', shrinkTo: 6 },
      ],
      [
        ['1', '結果の名前はとても長い', 'a description that goes on and on'],
        ['22', 'short', '🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂'],
      ],
    );
    const lines = printed().trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(30);
    expect(lines[1]).toContain('…');
  });

  it('the live line stands below what is printed', () => {
    const { screen, printed } = screenOn({ terminal: true });
    screen.live(['50 %']);
    screen.line('news');
    screen.live([]);
    expect(printed()).toBe('50 %\r\u001b[2Knews\n50 %\r\u001b[2K');
  });
});

describe('in a pipe', () => {
  it('text goes through untouched and nothing is cut, coloured or redrawn', () => {
    const { screen, printed } = screenOn({ terminal: false, colours: true });
    screen.text(HOSTILE);
    screen.line(styled('good', 'x'.repeat(500)));
    screen.live(['50 %']);
    expect(printed()).toBe(`${HOSTILE}${'x'.repeat(500)}\n`);
  });
});
