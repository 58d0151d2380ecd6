import { useState } from 'preact/hooks';
import { announce } from '../base/announce.ts';
import { visible } from './text.tsx';

/** A command, with a button that copies it. */
export function Command({ of, label = 'Command' }: { of: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await toClipboard(of);
    announce(done ? 'Copied' : 'It could not be copied');
    setCopied(done);
    if (done) setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="command">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse. */}
      <pre tabIndex={0} role="group" aria-label={label}>
        <code>{visible(of)}</code>
      </pre>
      <button type="button" class="button" onClick={copy}>
        {copied ? 'Copied ✓' : 'Copy'}
      </button>
    </div>
  );
}

/** Pages opened from a file may have no clipboard: then a selection is copied. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(text);
  }
}

function copySelection(text: string): boolean {
  const focused = document.activeElement as HTMLElement | null;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  focused?.focus();
  return done;
}
