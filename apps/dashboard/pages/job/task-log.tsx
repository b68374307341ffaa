import { taskLogSubscription } from '@kiln/client/documents';
import { Button, SegmentedControl, Switch } from '@mantine/core';
import { useLayoutEffect, useReducer, useRef, useState } from 'react';
import { useFollow } from '../../lib/live.ts';
import { Icon } from '../../parts/icon.tsx';
import { Failure } from '../../parts/notice.tsx';
import classes from './lists.module.css';
import { appended, EMPTY_LOG } from './log-text.ts';
import { saveLog } from './save-log.ts';

interface TaskLogProps {
  readonly jobId: string;
  readonly directory: string;
  readonly task: number;
  /** It has started, so that there can be a log. */
  readonly begun: boolean;
}

type Stream = 'STDOUT' | 'STDERR';

export function TaskLog(props: TaskLogProps) {
  const [stream, setStream] = useState<Stream>('STDOUT');
  return (
    <div className={classes['log']}>
      <div className={classes['logBar']}>
        <SegmentedControl
          size="xs"
          aria-label="Log"
          data={[
            { value: 'STDOUT', label: 'stdout' },
            { value: 'STDERR', label: 'stderr' },
          ]}
          value={stream}
          onChange={(next) => setStream(next === 'STDERR' ? 'STDERR' : 'STDOUT')}
        />
        {props.begun && <SaveButton {...props} stream={stream} />}
      </div>
      {props.begun ? (
        <Lines key={stream} {...props} stream={stream} />
      ) : (
        <p className={classes['dim']}>It has not started; its log appears here as it is written.</p>
      )}
    </div>
  );
}

function Lines({ jobId, task, stream }: TaskLogProps & { readonly stream: Stream }) {
  const [log, append] = useReducer(appended, EMPTY_LOG);
  const [following, setFollowing] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const box = useRef<HTMLPreElement>(null);
  useFollow(`${jobId}/${task}/${stream}`, taskLogSubscription, {
    variables: () => ({ id: jobId, task, stream, after: log.offset }),
    message: ({ taskLog }) => {
      setError(null);
      append(taskLog);
    },
    completed: () => log.complete,
    refused: ({ code, message }) => setError([{ message, extensions: { code } }]),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is what moves it
  useLayoutEffect(() => {
    if (following && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [following, log.text]);
  const onScroll = () => {
    const { current } = box;
    if (current) setFollowing(current.scrollHeight - current.scrollTop - current.clientHeight < 24);
  };
  return (
    <>
      {error !== null && <Failure error={error} />}
      {log.dropped && <p className={classes['dim']}>Only the end is shown here; the download has all of it.</p>}
      <pre
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={stream.toLowerCase()}
        className={classes['logText']}
        onScroll={onScroll}
      >
        {log.text}
        {log.text === '' && <span className={classes['dim']}>{log.complete ? 'Nothing was written.' : 'Nothing yet…'}</span>}
      </pre>
      <div className={classes['logBar']}>
        <Switch
          size="xs"
          label="Follow the end"
          checked={following}
          onChange={(event) => setFollowing(event.currentTarget.checked)}
          disabled={log.complete}
        />
        <span className={classes['dim']} role="status">
          {log.complete ? 'Complete' : 'Live'}
        </span>
      </div>
    </>
  );
}

function SaveButton({ jobId, directory, task, stream }: TaskLogProps & { readonly stream: Stream }) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const save = async () => {
    setState({ busy: true, error: null });
    const error = await saveLog({ id: jobId, task, stream }, `${directory}-${task}.${stream === 'STDOUT' ? 'out' : 'err'}.txt`).then(
      () => null,
      (trouble: unknown) => trouble,
    );
    setState({ busy: false, error });
  };
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<Icon name="download" size={12} />}
        loading={state.busy}
        onClick={() => void save()}
      >
        Download whole log
      </Button>
      {state.error !== null && <Failure error={state.error} />}
    </>
  );
}
