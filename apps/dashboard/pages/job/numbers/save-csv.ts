import { csvLine } from '@kiln/domain';
import { saveText } from '../save-text.ts';
import type { NumberSheet } from './number-rows.ts';

/** Has the browser save the sheet. */
export function saveCsv({ columns, rows }: NumberSheet, name: string): void {
  const lines = [['task', ...columns.map((column) => column.name)], ...rows.map(({ task, cells }) => [task, ...cells])];
  saveText([lines.map(csvLine).join('')], 'text/csv;charset=utf-8', name);
}
