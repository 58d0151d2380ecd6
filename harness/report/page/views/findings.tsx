import { useEffect, useRef } from 'preact/hooks';
import { many, number, time } from '../base/format.ts';
import { hasPosition, useScrollMemory } from '../base/history.ts';
import { useReport } from '../base/report.ts';
import { type Route, toFile, toFinding, toInput } from '../base/routes.ts';
import type { Finding, StackFrame } from '../data.ts';
import { Command } from '../parts/copy.tsx';
import { Text, visible } from '../parts/text.tsx';

export function Findings({ route }: { route: Route }) {
  const { index } = useReport();
  const scroller = useRef<HTMLDivElement>(null);
  useScrollMemory(scroller, 'findings');
  useEffect(() => {
    const at = index.findings.findIndex(({ slug }) => slug === route.name);
    if (at >= 0 && !hasPosition('findings')) document.getElementById(`finding-${at}`)?.scrollIntoView();
  }, [route.name]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse.
    <div class="scroll page" ref={scroller} tabIndex={0}>
      <div class="page-body">
        <h1 tabIndex={-1}>
          Findings <span class="faint">{number(index.findings.length)}</span>
        </h1>
        {index.findings.length === 0 && <p class="empty">Nothing was found.</p>}
        {index.findings.map((finding, at) => (
          <FindingCard key={finding.slug} finding={finding} at={at} current={finding.slug === route.name} />
        ))}
      </div>
    </div>
  );
}

function FindingCard({ finding, at, current }: { finding: Finding; at: number; current: boolean }) {
  const { input, reproduced, message, stack, decoded } = finding;
  return (
    <article
      class={`card${current ? ' current' : ''}`}
      id={`finding-${at}`}
      aria-labelledby={`finding-title-${at}`}
    >
      <header>
        <span class="badge bad">
          <Text of={finding.kind} />
        </span>
        <h2 id={`finding-title-${at}`}>
          <a href={toFinding(finding.slug)}>
            <Text of={finding.title} />
          </a>
        </h2>
      </header>
      <p class="facts">
        <span>
          found <b>{many(finding.count, 'time')}</b>
        </span>
        {reproduced !== undefined && (
          <span>
            fails in <b>{reproduced} of 10</b> runs
          </span>
        )}
        <span>
          {time(finding.firstSeen)} – {time(finding.lastSeen)}
        </span>
        {input !== undefined && (
          <span>
            <a href={toInput(input)}>Input #{number(input)} and its trace</a>
          </span>
        )}
      </p>
      {message && <pre class="dump">{visible(message)}</pre>}
      {stack.length > 0 && (
        <ol class="stack-frames" aria-label="Stack">
          {stack.map((frame, row) => (
            <Frame key={row} frame={frame} />
          ))}
        </ol>
      )}
      {decoded && (
        <details>
          <summary>What the target read of it</summary>
          <pre class="dump">{visible(decoded.join('\n'))}</pre>
        </details>
      )}
      <Command of={finding.command} label="Command that runs it again" />
    </article>
  );
}

function Frame({ frame }: { frame: StackFrame }) {
  const { index } = useReport();
  const path = frame.file === undefined ? undefined : index.files[frame.file]?.path;
  return (
    <li>
      {path === undefined ? (
        <span class="faint">
          <Text of={frame.text} />
        </span>
      ) : (
        <a href={toFile(path, frame.line)}>
          <Text of={frame.text} />
        </a>
      )}
    </li>
  );
}
