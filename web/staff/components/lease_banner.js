// A case is one's own for a quarter of an hour; two minutes before its end there is a button to keep it.

import { html, useEffect, useState } from '../../shared/html.js';
import { Banner } from '../../shared/components/notice.js';
import { Button } from '../../shared/components/button.js';
import { t } from '../../shared/strings.js';
import { Key } from './keys.js';

const WARNED_BEFORE_MS = 120_000;

/** @param {{until: number, onKeep: () => unknown}} props `until` by `performance.now()` */
export function LeaseBanner({ until, onKeep }) {
  const stage = () => (performance.now() >= until ? 'lapsed' : performance.now() >= until - WARNED_BEFORE_MS ? 'soon' : '');
  const [now, setNow] = useState(stage);
  useEffect(() => {
    setNow(stage);
    const watch = setInterval(() => setNow(stage), 1000);
    return () => clearInterval(watch);
  }, [until]);
  const action = html`<${Button} kind="quiet" aria-keyshortcuts="k" onClick=${onKeep}>${now === 'soon' ? t('lease.keep') : t('lease.again')} <${Key}>K<//><//>`;
  return html`<div role="status">
    ${now && html`<${Banner} kind="warning" icon="clock" action=${action}><p>${now === 'soon' ? t('lease.soon') : t('lease.lapsed')}</p><//>`}
  </div>`;
}
