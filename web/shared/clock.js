// What time it is is told by the server's last answer: a device's own clock may be wrong by minutes or by days.

let aheadMs = 0;

/** Now, by the server's clock where it has answered yet, else by the device's. */
export const now = () => new Date(Date.now() + aheadMs);

/** @param {string | null} date the answer's `Date` */
export function heardTime(date) {
  const at = Date.parse(date ?? '');
  if (at) aheadMs = at - Date.now();
}
