// What `web/` uses of qr's decoder. It throws where it finds no code.

export function decodeQR(image: { width: number; height: number; data: Uint8ClampedArray }): string;
