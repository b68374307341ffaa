import { Text } from '@mantine/core';
import { type ColourScale, GRADIENT } from '../../../parts/chart/colour-scale.ts';
import type { Measure } from '../measures.ts';
import classes from './map.module.css';

/** What the colours mean. */
export function Legend({ measure, scale }: { readonly measure: Measure; readonly scale: ColourScale | null }) {
  if (!scale) {
    return (
      <Text size="xs" c="dimmed" mb="xs">
        {measure.title} is not known of any of these jobs yet.
      </Text>
    );
  }
  return (
    <div className={classes['legend']}>
      <span>{measure.title}</span>
      <span className="tabular">{measure.text(scale.low)}</span>
      <span aria-hidden="true" className={classes['gradient']} style={{ background: GRADIENT }} />
      <span className="tabular">{measure.text(scale.high)}</span>
      {scale.log && <span>in decades</span>}
    </div>
  );
}
