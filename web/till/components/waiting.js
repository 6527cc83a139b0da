// What waits for the network is seen on each page, and what became of it stays until somebody has read it.

import { html, useState } from '../../shared/html.js';
import { time } from '../../shared/format.js';
import { dismiss, sendAll } from '../../shared/queue.js';
import { t } from '../../shared/strings.js';
import { Button } from '../../shared/components/button.js';
import { Banner } from '../../shared/components/notice.js';
import { outcomeOf, sinceText, tailOf } from '../scans.js';

/** @param {{entries: import('../../shared/queue.js').Entry[]}} props without the one that is on the screen */
export function Waiting({ entries }) {
  const [read, setRead] = useState(/** @type {string[]} */ ([]));
  const waiting = entries.filter(({ state }) => state === 'waiting');
  const known = entries.filter(({ state, id }) => state !== 'waiting' && !read.includes(id));
  const done = (/** @type {string} */ id) => {
    setRead([...read, id]); // at once, though what is being sent may hold the outbox
    dismiss(id);
  };
  const now = html`<${Button} kind="quiet" onClick=${sendAll}>${t('waiting.send')}<//>`;
  return html`<div role="status">
    ${waiting.length > 0 &&
    html`<${Banner} kind="warning" icon="clock" action=${now}>
      <p><strong>${t('waiting.title', { n: waiting.length })}</strong></p>
      <p>${waiting.map(sinceText).join(' · ')}</p>
    <//>`}
    ${known.map((entry) => html`<${Known} key=${entry.id} entry=${entry} onRead=${() => done(entry.id)} />`)}
  </div>`;
}

/** @param {{entry: import('../../shared/queue.js').Entry, onRead: () => void}} props */
function Known({ entry, onRead }) {
  const outcome = outcomeOf(entry);
  const read = html`<${Button} kind="quiet" onClick=${onRead}>${t('waiting.read')}<//>`;
  const what = outcome.kind === 'good' ? t('result.good', { title: outcome.title }) : `${t('result.bad')}: ${/** @type {any} */ (outcome).reason}`;
  return html`<${Banner} kind=${outcome.kind} icon=${outcome.kind === 'good' ? 'check' : 'cross'} action=${read}>
    <p><strong>${what}</strong></p>
    <p>${t('waiting.was', { time: time(entry.about.at), tail: tailOf(entry) })}</p>
  <//>`;
}
