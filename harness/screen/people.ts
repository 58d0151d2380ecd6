import type { View } from '../campaign/view.ts';
import { isLive } from './colors.ts';

/** A view of a campaign that also takes lines of others: they appear above the screen, or between the lines. */
export interface PeopleView extends View {
  print(line: string): void;
}

/** The live screen on a terminal, lines now and then elsewhere: whichever it is, the other is not loaded. */
export async function peopleView(stream: NodeJS.WriteStream = process.stderr): Promise<PeopleView> {
  if (isLive(stream)) return new (await import('./screen.ts')).Screen(stream);
  return new (await import('./log.ts')).Log(stream);
}
