import { Button } from '@mantine/core';
import { useRef } from 'react';
import { chosenFiles, type NamedFile } from './dropped.ts';

/** For those who do not drag. */
export function UploadButtons({ onFiles }: { onFiles(files: NamedFile[]): void }) {
  return (
    <>
      <Chooser label="Upload files" folder={false} onFiles={onFiles} />
      <Chooser label="Upload a folder" folder onFiles={onFiles} />
    </>
  );
}

interface ChooserProps {
  readonly label: string;
  readonly folder: boolean;
  onFiles(files: NamedFile[]): void;
}

function Chooser({ label, folder, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={label}
        {...(folder && { webkitdirectory: '' })}
        onChange={({ currentTarget }) => {
          if (currentTarget.files) onFiles(chosenFiles(currentTarget.files));
          currentTarget.value = ''; // the same files may be chosen again
        }}
      />
    </>
  );
}
