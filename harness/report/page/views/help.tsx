import { useRef } from 'preact/hooks';
import { useDialog } from '../base/dialog.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['/ or Ctrl-K', 'search'],
  ['n, p', 'in a file: next, previous place that is not covered'],
  ['d, D', 'in a file: next, previous door of the frontier'],
  ['Esc', 'closes what is open'],
  ['t', 'light, dark, or as the system has it'],
  ['↑ ↓ ← → Home End', 'in a tree: moves, unfolds, folds'],
  ['Enter', 'in a tree: opens the file, or the line'],
  ['?', 'these keys'],
];

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useDialog(dialog);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
