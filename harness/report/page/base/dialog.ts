import { useLayoutEffect } from 'preact/hooks';

/** Opens a dialog for as long as it is there; the focus goes back to where it was. */
export function useDialog(dialog: { current: HTMLDialogElement | null }): void {
  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
}
