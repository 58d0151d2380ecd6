// A campaign's live screen without a campaign: shows the state that a file has, as it is replaced, until its phase is
// 'done'. Arguments: the file, and what imports the screen.
import { readFileSync } from 'node:fs';

const [file, screen] = process.argv.slice(2);
const { peopleView } = await import(screen);
const view = await peopleView();

async function tick() {
  const state = JSON.parse(readFileSync(file, 'utf8'));
  if (state.phase !== 'done') return view.show(state);
  clearInterval(timer);
  await view.end(state);
  process.exit();
}
const timer = setInterval(tick, 50);
