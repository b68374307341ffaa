import { saveText } from '../save-text.ts';
import type { NumberSheet } from './number-rows.ts';

/** Has the browser save the sheet. https://www.rfc-editor.org/rfc/rfc4180 */
export function saveCsv({ columns, rows }: NumberSheet, name: string): void {
  const lines = [['task', ...columns.map((column) => column.name)], ...rows.map(({ task, cells }) => [task, ...cells])];
  saveText([lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')], 'text/csv;charset=utf-8', name);
}

function cellOf(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
