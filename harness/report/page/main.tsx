import { render } from 'preact';
import { chunk } from './base/chunks.ts';
import { ReportContext } from './base/report.ts';
import type { PageIndex } from './data.ts';
import { Shell } from './shell.tsx';

chunk<PageIndex>('index').then((index) => {
  if (!index) throw new Error('this page has no index');
  const files = new Map(index.files.map(({ path }, at) => [path, at]));
  render(
    <ReportContext.Provider value={{ index, files }}>
      <Shell />
    </ReportContext.Provider>,
    document.getElementById('app')!,
  );
});
