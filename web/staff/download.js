// A file of the API is saved under a name that says what it is; a "no" is told as anywhere.

import { toast } from '../shared/components/toast.js';
import { problemText } from '../shared/problems.js';

/** @param {Promise<Api.Answer<Blob>>} asked with `as: 'blob'` @param {string} name */
export async function download(asked, name) {
  try {
    const { data } = await asked;
    const address = URL.createObjectURL(data);
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser has read it by then
  } catch (error) {
    toast(problemText(error));
  }
}
