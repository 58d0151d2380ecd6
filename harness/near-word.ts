/** The one of `words` that was likely meant by `word`; undefined where none is near. */
export function closest(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((one) => distance(word.toLowerCase(), one.toLowerCase()));
  const least = Math.min(...distances);
  return least <= word.length / 3 ? words[distances.indexOf(least)] : undefined;
}

/** Letters that are put in, left out or changed between the two, as Levenshtein counts them. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(row[j]! + (letter === b[j] ? 0 : 1), row[j + 1]! + 1, next[j]! + 1));
    row = next;
  }
  return row[b.length]!;
}
