interface End {
  row: number;
  column: number;
}

/**
 * Copies the source itself: no line numbers, and rows that are out of sight too.
 *
 * @param everything the whole text, where all of it was selected
 */
export function copySource(event: ClipboardEvent, texts: readonly string[], everything?: string): void {
  const text = everything ?? selectedText(texts);
  if (text === undefined) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
}

/** Rows between which there is a selection in a pane. */
export function rowsSelected(pane: HTMLElement | null): readonly [number, number] | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !pane?.contains(selection.anchorNode)) return undefined;
  const rows = [selection.anchorNode, selection.focusNode].map((node) => rowOf(node)?.row);
  const [one, other] = rows;
  return one === undefined || other === undefined ? undefined : [Math.min(one, other), Math.max(one, other)];
}

function selectedText(texts: readonly string[]): string | undefined {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  const start = end(range.startContainer, range.startOffset);
  const stop = end(range.endContainer, range.endOffset);
  if (!start || !stop) return undefined;
  if (start.row === stop.row) return texts[start.row]!.slice(start.column, stop.column);
  return [
    texts[start.row]!.slice(start.column),
    ...texts.slice(start.row + 1, stop.row),
    texts[stop.row]!.slice(0, stop.column),
  ].join('\n');
}

/** Place in the source of a place in the document. */
function end(node: Node, offset: number): End | undefined {
  const line = rowOf(node);
  if (!line) return undefined;
  if (!line.code.contains(node)) return { row: line.row, column: 0 };
  const before = document.createRange();
  before.setStart(line.code, 0);
  before.setEnd(node, offset);
  return { row: line.row, column: before.toString().length };
}

function rowOf(node: Node | null): { row: number; code: Element } | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  const code = element?.closest('.line')?.querySelector('code');
  return code ? { row: Number(code.dataset.row), code } : undefined;
}
