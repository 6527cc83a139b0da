// A decision that was not taken says so, and why, until its verifier has read it.

import { html } from '../../shared/html.js';
import { Banner } from '../../shared/components/notice.js';
import { Button } from '../../shared/components/button.js';
import { time } from '../../shared/format.js';
import { useOutbox } from '../../shared/hooks.js';
import { Problem, problemText } from '../../shared/problems.js';
import { dismiss } from '../../shared/queue.js';
import { t } from '../../shared/strings.js';

export function Refused() {
  const refused = useOutbox().filter(({ state, about }) => state === 'refused' && about?.submission);
  return refused.map(
    ({ id, about, at, problem }) => html`<${Banner} key=${id} kind="bad" action=${html`<${Button} kind="quiet" onClick=${() => dismiss(id)}>${t('refused.read')}<//>`}>
      <p><strong>${t(`refused.${about.decision}`, { title: about.title, time: time(at) })}</strong> ${problemText(new Problem(problem?.status ?? 0, problem?.code ?? '', problem?.facts))}</p>
    <//>`,
  );
}
