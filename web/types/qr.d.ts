// What `web/` uses of qr's encoder: rows of dark and light.

export function encodeQR(text: string, output: 'raw', options?: { border?: number; ecc?: 'low' | 'medium' | 'quartile' | 'high' }): boolean[][];
