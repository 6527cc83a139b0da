// Light or dark as the device has it, unless the reader chose; `early.js` paints it before anything is shown.

export const chosenTheme = () => document.documentElement.dataset.chosenTheme ?? 'auto';

/** @param {string} name auto, light or dark */
export function chooseTheme(name) {
  const { dataset } = document.documentElement;
  dataset.chosenTheme = name;
  const isDark = name === 'dark' || (name === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  dataset.theme = isDark ? 'dark' : 'light';
  try {
    localStorage.setItem('bonafeta.theme', name);
  } catch {
    // it holds until the page is closed
  }
}
