import { useRef } from 'preact/hooks';
import { many, number, size, time } from '../base/format.ts';
import { useScrollMemory } from '../base/history.ts';
import { useReport } from '../base/report.ts';
import { toFinding, toView } from '../base/routes.ts';
import { type PageIndex, TOTALS } from '../data.ts';
import { Bar, Percent } from '../parts/bar.tsx';
import { Chart } from '../parts/chart.tsx';
import { Command } from '../parts/copy.tsx';
import { DoorCard } from '../parts/door.tsx';
import { Text } from '../parts/text.tsx';

const TOP = 5;

export function Overview() {
  const { index } = useReport();
  const scroller = useRef<HTMLDivElement>(null);
  useScrollMemory(scroller, 'overview');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse.
    <div class="scroll page" ref={scroller} tabIndex={0}>
      <div class="page-body">
        <h1 tabIndex={-1}>
          Coverage of <Text of={index.target} />
        </h1>
        <Notes notes={index.notes} />
        <section class="totals" aria-label="Totals">
          {TOTALS.map(([kind, title]) => (
            <div class="total" key={kind}>
              <span class="total-name">{title}</span>
              <span class="total-percent">
                <Percent of={index.totals[kind]} />
              </span>
              <Bar of={index.totals[kind]} />
              <span class="faint">
                {number(index.totals[kind][0])} of {number(index.totals[kind][1])}
              </span>
            </div>
          ))}
        </section>
        <div class="two-columns">
          <TopOfFrontier index={index} />
          <div>
            {index.history.some(({ points }) => points.length > 0) && (
              <section>
                <h2>Coverage over time</h2>
                <Chart series={index.history} />
              </section>
            )}
            <FindingList index={index} />
            <HowMade index={index} />
          </div>
        </div>
      </div>
    </div>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (!notes.length) return null;
  return (
    <ul class="notes" aria-label="Notes">
      {notes.map((note, at) => (
        <li key={at}>
          <Text of={note} />
        </li>
      ))}
    </ul>
  );
}

function TopOfFrontier({ index }: { index: PageIndex }) {
  return (
    <section>
      <h2>What is blocking the fuzzer</h2>
      {index.frontier.length === 0 && <p class="faint">No door was reached that stayed shut.</p>}
      {index.frontier.slice(0, TOP).map((door, at) => (
        <DoorCard compares={1} key={at} door={door} rank={at + 1} />
      ))}
      {index.doors > TOP && (
        <p>
          <a href={toView('frontier')}>All {many(index.doors, 'door')} of the frontier</a>
        </p>
      )}
    </section>
  );
}

function FindingList({ index }: { index: PageIndex }) {
  return (
    <section>
      <h2>Findings</h2>
      {index.findings.length === 0 && <p class="faint">Nothing was found.</p>}
      <ul class="plain-list">
        {index.findings.slice(0, 8).map((finding) => (
          <li key={finding.slug} class="finding-line">
            <span class="badge bad">
              <Text of={finding.kind} />
            </span>
            <a href={toFinding(finding.slug)}>
              <Text of={finding.title} />
            </a>
            <span class="faint">{number(finding.count)}×</span>
          </li>
        ))}
      </ul>
      {index.findings.length > 8 && <a href={toView('findings')}>All {index.findings.length} findings</a>}
    </section>
  );
}

function HowMade({ index }: { index: PageIndex }) {
  const { inputs } = index;
  return (
    <section>
      <h2>How it was made</h2>
      <dl class="facts-list">
        <dt>Inputs</dt>
        <dd>
          <a href={toView('inputs')}>{many(inputs.count, 'input')}</a>, {size(inputs.bytes)}
          {inputs.failed > 0 && (
            <>
              , <a href={toView('inputs', { failed: true })}>{number(inputs.failed)} end in an error</a>
            </>
          )}
        </dd>
        <dt>Files</dt>
        <dd>
          <a href={toView('files')}>{many(index.files.length, 'file')}</a> in <Text of={index.root} />
        </dd>
        <dt>Made</dt>
        <dd>
          {time(index.made)} by <Text of={index.generator} />
        </dd>
      </dl>
      <Command of={index.command} label="Command that makes the report again" />
    </section>
  );
}
