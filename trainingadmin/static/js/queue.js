// A trainee's scans without a network: kept in the phone under a number of their own, sent when the network is back.
(() => {
  "use strict";
  if (!window.kept || !kept.possible) return;
  const note = document.getElementById("queue-said");
  const say = (name, said = "") => {
    if (!note) return;
    note.textContent = note.dataset[name].replace("{}", said);
    note.hidden = false;
  };

  async function send(scan, csrf) {
    const fields = { ...scan, device_now: String(Date.now()), csrf_token: csrf };
    const answer = await fetch("/k/queued", { method: "POST", body: new URLSearchParams(fields) });
    if (!answer.ok && answer.status !== 422) return false;
    if (answer.redirected) return false;
    const told = await answer.json();
    await kept.remove("scans", scan.client_id);
    say("sent", told.said);
    return true;
  }

  let sending = false;
  async function flush() {
    if (sending || !navigator.onLine) return;
    sending = true;
    try {
      const waiting = await kept.all("scans");
      const pass = waiting.length ? await kept.pass() : null;
      if (pass && !pass.trainee) say("must");
      if (pass && pass.trainee) for (const scan of waiting) await send(scan, pass.csrf);
    } catch {
      // the network went again; the next time it comes back will do
    } finally {
      sending = false;
    }
  }

  const queue = document.getElementById("queue");
  const code = /^\/k\/([A-Za-z0-9_-]{32})$/.exec(location.pathname);
  const button = document.getElementById("keep");
  if (queue && code && button) {
    const scanned_at = String(Date.now());
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      const waiting = await kept.all("scans");
      if (!waiting.some((scan) => scan.token === code[1])) {
        await kept.put("scans", { client_id: kept.number(), token: code[1], scanned_at });
      }
      document.getElementById("queue-note").textContent = queue.dataset.kept;
      flush();
    });
  }

  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/k/worker.js", { scope: "/k/" }).catch(() => {});
  window.addEventListener("online", flush);
  flush();
})();
