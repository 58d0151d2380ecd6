import { quoted } from '../../quoted.ts';

/** Runs an input again. What begins like an option is no option. @param replay the command without the input */
export const replayCommand = (replay: string, input: string): string =>
  `${replay} ${quoted(input.startsWith('-') ? `./${input}` : input)}`;
