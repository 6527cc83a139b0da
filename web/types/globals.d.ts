// What the server puts in front of a service worker (`core/http/pages.py`).

declare const SHELL: { face: string; page: string; edition: string; files: string[] };
