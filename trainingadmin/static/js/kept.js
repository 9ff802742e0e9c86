// What a page keeps in the browser while there is no network: three small stores, and a number that only this device gives.
(() => {
  "use strict";
  const STORES = { scans: "client_id", marks: "client_id", sheets: "session" };
  let opened;

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("door", 1);
      asked.onupgradeneeded = () => {
        for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  async function run(store, mode, act) {
    const transaction = (await open()).transaction(store, mode);
    const asked = act(transaction.objectStore(store));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  function number() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  window.kept = {
    number,
    possible: "indexedDB" in window && "fetch" in window,
    put: (store, value) => run(store, "readwrite", (s) => s.put(value)),
    get: (store, key) => run(store, "readonly", (s) => s.get(key)),
    all: (store) => run(store, "readonly", (s) => s.getAll()),
    remove: (store, key) => run(store, "readwrite", (s) => s.delete(key)),
    // Whether our server answers, with the token that forms carry; null when it does not.
    async pass() {
      try {
        const answer = await fetch("/k/pass", { cache: "no-store" });
        return answer.ok ? await answer.json() : null;
      } catch {
        return null;
      }
    },
  };
})();
