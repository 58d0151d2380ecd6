import { useRef } from 'preact/hooks';
import { many, number, size } from '../base/format.ts';
import { useScrollMemory } from '../base/history.ts';
import { inputRow, useDetail, useInputs } from '../base/inputs.ts';
import { useReport } from '../base/report.ts';
import { type Route, toFinding } from '../base/routes.ts';
import { INPUTS_PER_CHUNK } from '../data.ts';
import { InputContent } from '../parts/input.tsx';
import { Waiting } from '../parts/state.tsx';
import { Text } from '../parts/text.tsx';
import { Trace } from './trace.tsx';

export function Input({ route }: { route: Route }) {
  const { index } = useReport();
  const input = Number(route.name);
  const there = /^\d+$/.test(route.name) && input < index.inputs.count + index.inputs.findings;
  return there ? <Known key={input} input={input} /> : <Waiting missing what={`Input ${route.name}`} />;
}

function Known({ input }: { input: number }) {
  const { index } = useReport();
  const scroller = useRef<HTMLDivElement>(null);
  const row = inputRow(useInputs([Math.floor(input / INPUTS_PER_CHUNK)]), input);
  const detail = useDetail(input);
  const finding = index.findings.find((one) => one.input === input);
  useScrollMemory(scroller, 'input');
  return (
    <div class="input-view">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse. */}
      <div class="scroll input-side" ref={scroller} tabIndex={0}>
        <h1 tabIndex={-1}>
          Input #{input} {row && <Text of={row.name} />}
        </h1>
        {finding && (
          <p>
            <span class="badge bad">finding</span>{' '}
            <a href={toFinding(finding.slug)}>
              <Text of={finding.title} />
            </a>
          </p>
        )}
        {row && (
          <p class="facts">
            <span>{size(row.size)}</span>
            <span>
              <b>{many(row.pcs, 'PC')}</b>, <b>{number(row.first)}</b> that no smaller input reaches
            </span>
            <span>{row.milliseconds.toFixed(1)} ms</span>
          </p>
        )}
        {detail.state === 'ready' ? (
          <InputContent detail={detail.value.detail} fault={row?.fault} />
        ) : (
          <>
            {row?.fault !== undefined && (
              <p class="fault">
                <Text of={row.fault} />
              </p>
            )}
            <Waiting missing={detail.state === 'missing'} what="The content of this input" />
          </>
        )}
      </div>
      {detail.state === 'ready' && <Trace of={detail.value} />}
    </div>
  );
}
