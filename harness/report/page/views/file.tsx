import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../base/announce.ts';
import { currentRoute, go, replace } from '../base/history.ts';
import { useKeys } from '../base/keys.ts';
import { useChunk, useReport } from '../base/report.ts';
import { type Route, toFile } from '../base/routes.ts';
import type { FileDetail } from '../data.ts';
import { Waiting } from '../parts/state.tsx';
import { Code } from '../source/code.tsx';
import { next, startsBlock } from '../source/jumps.ts';
import { linesOf, stateOf } from '../source/lines.ts';
import { FileFunctions } from './file-functions.tsx';
import { FileHead } from './file-head.tsx';
import { FileTree } from './file-tree.tsx';
import { LinePanel } from './line-panel.tsx';
import { useUnfolded } from './unfolded.ts';

export function File({ route }: { route: Route }) {
  const { index, files } = useReport();
  const number = files.get(route.name);
  const detail = useChunk<FileDetail>(number === undefined ? undefined : `file-${number}`);
  const unfolded = useUnfolded();
  if (number === undefined) return <Waiting missing what={`The file ${route.name}`} />;
  return (
    <div class="file-view">
      <aside class="side-tree" aria-label="Files">
        <FileTree order="name" filter="" narrow current={route.name} unfolded={unfolded} />
      </aside>
      <section class="file-main" aria-labelledby="file-title">
        <FileHead path={route.name} summary={index.files[number]!} />
        {detail.state === 'ready' ? (
          <FileBody key={number} file={number} route={route} detail={detail.value} />
        ) : (
          <Waiting missing={detail.state === 'missing'} what="The source of this file" />
        )}
      </section>
    </div>
  );
}

function FileBody({ file, route, detail }: { file: number; route: Route; detail: FileDetail }) {
  const { index } = useReport();
  const path = route.name;
  const lines = useMemo(() => {
    const doors = [...index.frontier.entries()].filter(([, door]) => door.file === file);
    return linesOf(detail, doors);
  }, [detail]);
  const opened = route.line !== undefined && route.params.has('inputs');
  const jump = (wanted: (line: number) => boolean, forward: boolean, name: string) => {
    const line = next(lines, currentRoute().line ?? (forward ? 0 : 1), wanted, forward);
    if (line === undefined) return announce(`No ${name}`);
    replace(toFile(path, line, opened));
    announce(`Line ${line}: ${stateOf(lines.details.get(line - 1)) ?? 'no code'}`);
  };
  const close = () => {
    replace(toFile(path, route.line));
    document.querySelector<HTMLElement>('.line.current .count')?.focus();
  };
  const isOpen = (line: number) => startsBlock(lines, line);
  const isDoor = (line: number) => lines.doors.has(line - 1);
  useKeys({
    n: () => jump(isOpen, true, 'uncovered line'),
    p: () => jump(isOpen, false, 'uncovered line'),
    d: () => jump(isDoor, true, 'door'),
    D: () => jump(isDoor, false, 'door'),
    Escape: () => opened && close(),
  });
  useEffect(() => {
    if (route.line !== undefined) announce(`Line ${route.line}`);
  }, []);
  if (detail.text === null) return <Waiting missing what="The text of this file" />;
  return (
    <div class={`file-body${opened ? ' with-panel' : ''}`}>
      <div class="file-tools">
        <div class="buttons" role="group" aria-label="Jump">
          <button type="button" class="button" onClick={() => jump(isOpen, false, 'uncovered line')}>
            <span aria-hidden="true">↑ </span>
            <span class="visually-hidden">Previous </span>uncovered <kbd>p</kbd>
          </button>
          <button type="button" class="button" onClick={() => jump(isOpen, true, 'uncovered line')}>
            <span aria-hidden="true">↓ </span>
            <span class="visually-hidden">Next </span>uncovered <kbd>n</kbd>
          </button>
          <button
            type="button"
            class="button"
            onClick={() => jump(isDoor, true, 'door')}
            disabled={lines.doors.size === 0}
          >
            <span aria-hidden="true">↓ </span>
            <span class="visually-hidden">Next </span>door <kbd>d</kbd>
          </button>
        </div>
        <FileFunctions path={path} functions={detail.functions} memory={`functions ${path}`} />
      </div>
      <Code
        path={path}
        text={detail.text}
        lines={lines}
        doors={index.frontier}
        current={route.line}
        onLine={(line) => go(toFile(path, line, true))}
      />
      {opened && (
        <LinePanel
          path={path}
          line={route.line!}
          lines={lines}
          functions={detail.functions}
          onClose={close}
        />
      )}
    </div>
  );
}
