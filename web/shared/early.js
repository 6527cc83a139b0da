// The theme and the language are chosen before the first paint: the one script of a page that is no module.
(() => {
  const { documentElement: html } = document;
  const kept = (/** @type {string} */ name) => {
    try {
      return localStorage.getItem(`bonafeta.${name}`);
    } catch {
      return null; // storage may be refused, and a page without it is still a page
    }
  };
  const theme = kept('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => {
    const chosen = html.dataset.chosenTheme;
    html.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
  };
  html.dataset.chosenTheme = theme ?? 'auto';
  dark.addEventListener('change', paint);
  paint();
  html.lang = kept('language') ?? html.lang;
  const offered = html.dataset.languages?.split(' ') ?? [];
  const wanted = [kept('language') ?? '', ...navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())];
  const language = wanted.find((code) => offered.includes(code)) ?? 'en';
  for (const folder of html.dataset.face ? ['shared', html.dataset.face] : []) {
    const words = document.createElement('link'); // asked for now, and not once the script that needs them has come
    words.rel = 'modulepreload';
    words.href = new URL(`../${folder}/strings/${language}.js`, /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
    document.head.append(words);
  }
})();
