/** What is shown while a block is decoded, and where there is none. */
export function Waiting({ missing = false, what }: { missing?: boolean; what: string }) {
  return (
    <p class="empty" role="status">
      {missing ? `${what} is not in this report.` : 'Loading…'}
    </p>
  );
}
