import type { JobPageData } from '../../lib/documents.ts';
import { many, number } from '../../lib/time.ts';
import classes from './job.module.css';

/** Where the results are published, how much of them is there, and what is not. */
export function CurationFact({ curation }: { readonly curation: NonNullable<JobPageData['curation']> }) {
  const { curator, url, experiment, leftOut, unknownSchemas } = curation;
  return (
    <div className={classes['factWide']}>
      <dt>Published in {curator}</dt>
      <dd>
        {url === null ? 'not begun yet' : <a href={url}>experiment {experiment}</a>}
        {url !== null && <span className="tabular"> · {amountText(curation)}</span>}
        {leftOut > 0 && <div>{many(leftOut, 'file')} left out; the history names them.</div>}
        {unknownSchemas.length > 0 && <div>MyTardis does not know {many(unknownSchemas.length, 'schema')}: see the history.</div>}
      </dd>
    </div>
  );
}

function amountText({ complete, datasets, datasetsInAll, files }: NonNullable<JobPageData['curation']>): string {
  const sent = `${many(files, 'file')} in ${many(datasets, 'dataset')}`;
  return complete ? sent : `${sent} of ${number(datasetsInAll)}`;
}
