/** Says something to those who listen: the region is in the document from the start (`main.tsx`). */
export function announce(text: string): void {
  const region = document.getElementById('announcements');
  if (region) region.textContent = text;
}
