import { bytes } from '../base/chunks.ts';
import { many, size } from '../base/format.ts';
import type { InputDetail } from '../data.ts';
import { asText, hexDump } from './bytes.ts';
import { Command } from './copy.tsx';
import { Tabs } from './tabs.tsx';
import { Text, visible } from './text.tsx';

interface ContentProps {
  detail: InputDetail;
  fault: string | undefined;
  /** Where there is little room beside it. */
  narrow?: boolean;
}

/** What an input is, in three ways, and how it is run again. */
export function InputContent({ detail, fault, narrow = innerWidth < 700 }: ContentProps) {
  const data = bytes(detail.data);
  const { decoded } = detail;
  const cut = detail.size > data.length && (
    <p class="faint">
      The first {many(data.length, 'byte')} of {size(detail.size)}.
    </p>
  );
  const view = (text: string, look = '') => (
    <>
      <pre class={`dump ${look}`}>{visible(text)}</pre>
      {cut}
    </>
  );
  return (
    <>
      {fault !== undefined && (
        <p class="fault">
          <span aria-hidden="true">✗ </span>
          <Text of={fault} />
        </p>
      )}
      <Tabs
        label="Content of the input"
        tabs={[
          { name: 'Hex', content: () => view(hexDump(data, narrow ? 8 : 16), 'hex') },
          { name: 'Text', content: () => view(asText(data)) },
          ...(decoded ? [{ name: 'Decoded', content: () => view(decoded.join('\n')) }] : []),
        ]}
      />
      <Command of={detail.command} label="Command that runs it again" />
    </>
  );
}
