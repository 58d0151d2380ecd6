import type { View } from '../campaign/view.ts';
import { isLive } from './colors.ts';
import { Log } from './log.ts';
import { Screen } from './screen.ts';

/** A view of a campaign that also takes lines of others: they appear above the screen, or between the lines. */
export interface PeopleView extends View {
  print(line: string): void;
}

/** The live screen on a terminal, lines now and then elsewhere. */
export const peopleView = (stream: NodeJS.WriteStream = process.stderr): PeopleView =>
  isLive(stream) ? new Screen(stream) : new Log(stream);
