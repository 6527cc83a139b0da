"""Chromium as it is found, and a face signed in without its pages: for the tests of the pages and their measuring."""

import shutil

from playwright.sync_api import Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_EMPTY = '<link rel="icon" href="data:,">'
_PUT_TOKEN = """([name, token]) => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => ['session', 'kept', 'outbox'].forEach((box) => asked.result.createObjectStore(box));
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const transaction = asked.result.transaction('session', 'readwrite');
        transaction.objectStore('session').put(token, 'refresh');
        transaction.oncomplete = () => { asked.result.close(); resolve(); };
    };
})"""


def leave_token(page: Page, face: str, refresh_token: str) -> None:
    """Put a refresh token where the face keeps it, with nothing else of the face."""
    page.route("**/empty", lambda route: route.fulfill(content_type="text/html", body=_EMPTY))
    page.goto("/empty")
    page.evaluate(_PUT_TOKEN, [f"bonafeta-{face}", refresh_token])
