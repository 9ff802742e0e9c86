// The teacher's screen: changes the code every half minute from a sheet fetched ahead, shows who is in, and goes on for an
// hour without a network; what is noted by hand meanwhile is kept and sent once. Without this file the page reloads itself.
(() => {
  "use strict";
  const door = document.getElementById("door");
  const figure = document.getElementById("code");
  if (!door || !figure || !window.kept || !kept.possible) return;
  const session = Number(door.dataset.session);
  const live = figure.querySelector(".live");
  const bar = document.getElementById("countdown");
  const seconds = document.getElementById("seconds");
  const away = document.getElementById("away");
  const note = document.getElementById("kept");
  const words = JSON.parse(document.getElementById("seats").dataset.words);
  const secondsText = seconds.textContent;
  const sheet = { session, codes: {}, last: 0, side: 0, seconds: 30, until: 0, skew: 0 };
  let direction = door.dataset.direction;
  let drawn = "";
  let offline = false;
  let fetching = false;

  const now = () => Date.now() + sheet.skew;
  const fill = (text, n) => text.replace("{}", n);

  // The code ---------------------------------------------------------------------------------------------------------

  function path(bits, side) {
    const bytes = Uint8Array.from(atob(bits), (letter) => letter.charCodeAt(0));
    const dark = (at) => (bytes[at >> 3] >> (7 - (at & 7))) & 1;
    const runs = [];
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) {
        if (!dark(y * side + x)) continue;
        const start = x;
        while (x < side && dark(y * side + x)) x += 1;
        runs.push(`M${start + 4} ${y + 4}h${x - start}v1h${start - x}z`);
      }
    }
    return runs.join("");
  }

  function draw(bits) {
    if (bits === drawn) return;
    drawn = bits;
    live.setAttribute("viewBox", `0 0 ${sheet.side + 8} ${sheet.side + 8}`);
    live.querySelector("path").setAttribute("d", bits ? path(bits, sheet.side) : "");
    live.removeAttribute("hidden");
    figure.querySelector("img").hidden = true;
  }

  async function fetchCodes() {
    if (fetching) return;
    fetching = true;
    try {
      const asked = Date.now();
      const answer = await fetch(`${door.dataset.codes}?after=${sheet.last}`, { cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error("signed out");
      const told = await answer.json();
      Object.assign(sheet, { side: told.side, seconds: told.seconds, until: told.until });
      sheet.skew = told.now - Math.round((asked + Date.now()) / 2);
      for (const [window_, way, bits] of told.codes) {
        sheet.codes[`${window_} ${way}`] = bits;
        sheet.last = Math.max(sheet.last, window_);
      }
      const first = Math.floor(now() / 1000 / sheet.seconds) - 1;
      for (const key of Object.keys(sheet.codes)) if (Number(key.split(" ")[0]) < first) delete sheet.codes[key];
      await kept.put("sheets", { ...sheet });
      online();
    } catch {
      gone();
    } finally {
      fetching = false;
    }
  }

  function tick() {
    const length = sheet.seconds * 1000;
    const window_ = Math.floor(now() / length);
    const bits = sheet.codes[`${window_} ${direction}`];
    if (sheet.until && now() >= sheet.until && !offline) location.reload();
    if (bits) draw(bits);
    else if (sheet.side) draw("");
    const left = Math.ceil((length - (now() % length)) / 1000);
    bar.value = left;
    seconds.textContent = secondsText.replace(/\d+/, left);
    if (offline) tellAway(window_);
  }

  // The network --------------------------------------------------------------------------------------------------------

  function tellAway(window_) {
    const minutes = Math.max(0, Math.floor(((sheet.last + 1 - window_) * sheet.seconds) / 60));
    away.textContent = minutes ? fill(away.dataset.left, minutes) : away.dataset.over;
    away.hidden = false;
  }

  function gone() {
    offline = true;
  }

  function online() {
    offline = false;
    away.hidden = true;
    flush();
  }

  async function poll() {
    try {
      const answer = await fetch(door.dataset.standing, { cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error("signed out");
      show(await answer.json());
      if (offline) fetchCodes();
    } catch {
      gone();
    }
  }

  function show(standing) {
    const counts = {};
    for (const seat of document.querySelectorAll("#seats [data-person]")) {
      const [state, came, left] = standing[seat.dataset.person] || ["missing", "", ""];
      counts[state] = (counts[state] || 0) + 1;
      if (seat.dataset.kept !== undefined) continue;
      seat.dataset.state = state;
      seat.querySelector("b").textContent = words[state];
      seat.querySelector("[data-when]").textContent = came + (left ? `–${left}` : "");
    }
    for (const count of document.querySelectorAll("#tally [data-count]")) count.textContent = counts[count.dataset.count] || 0;
  }

  // By hand ------------------------------------------------------------------------------------------------------------

  const form = document.querySelector("#by-hand form");
  if (form) {
    document.getElementById("by-hand").hidden = false; // without scripts the page reloads itself, and the register is there
    form.addEventListener("submit", async (event) => {
      if (!form.reportValidity()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { enrolment_id, marked, reason } = Object.fromEntries(new FormData(form));
      if (!marked || !reason.trim()) {
        form.submit(); // the server says what is missing, beside the field
        return;
      }
      const mark = { client_id: kept.number(), session, enrolment_id, marked, reason, noted_at: String(now()) };
      await kept.put("marks", mark);
      form.reset();
      await tellKept();
      flush();
    }, true);
  }

  async function waiting() {
    return (await kept.all("marks")).filter((mark) => mark.session === session);
  }

  async function tellKept(extra = "") {
    const marks = await waiting();
    for (const seat of document.querySelectorAll("#seats [data-kept]")) delete seat.dataset.kept;
    for (const mark of marks) {
      const seat = document.querySelector(`#seats [data-person="${Number(mark.enrolment_id)}"]`);
      if (!seat) continue;
      seat.dataset.kept = "";
      seat.dataset.state = mark.marked === "present" ? "in" : mark.marked;
      seat.querySelector("b").textContent = words[seat.dataset.state];
    }
    const text = [marks.length ? fill(note.dataset.waiting, marks.length) : "", extra].filter(Boolean).join(" · ");
    note.textContent = text;
    note.hidden = !text;
  }

  async function send(mark, csrf) {
    const { session: _, ...fields } = mark;
    const body = new URLSearchParams({ ...fields, csrf_token: csrf });
    const answer = await fetch(location.pathname, { method: "POST", body });
    const elsewhere = answer.redirected && new URL(answer.url).pathname !== location.pathname;
    if (answer.status === 401 || elsewhere) return "signIn";
    if (answer.status === 422) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      await kept.remove("marks", mark.client_id);
      return `${note.dataset.refused}${[...page.querySelectorAll("#by-hand .remark li")].map((li) => li.textContent).join(" ")}`;
    }
    if (!answer.ok) return "";
    await kept.remove("marks", mark.client_id);
    return "sent";
  }

  let sending = false;
  async function flush() {
    if (sending) return;
    sending = true;
    try {
      const marks = await waiting();
      const pass = marks.length ? await kept.pass() : null;
      let sent = 0;
      let said = "";
      for (const mark of pass ? marks : []) {
        const came = await send(mark, pass.csrf);
        if (came === "signIn") {
          said = note.dataset.signIn;
          break;
        }
        if (came === "sent") sent += 1;
        else said = came;
      }
      if (marks.length) await tellKept([sent ? fill(note.dataset.sent, sent) : "", said].filter(Boolean).join(" · "));
      if (sent) poll();
    } catch {
      gone();
    } finally {
      sending = false;
    }
  }

  // The page -----------------------------------------------------------------------------------------------------------

  for (const turn of document.querySelectorAll("[data-turn]")) {
    turn.addEventListener("click", (event) => {
      event.preventDefault();
      direction = turn.dataset.turn;
      for (const other of document.querySelectorAll("[data-turn]")) other.removeAttribute("aria-current");
      turn.setAttribute("aria-current", "page");
      tick();
    });
  }

  const whole = document.getElementById("whole");
  if (document.fullscreenEnabled) {
    whole.hidden = false;
    whole.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else figure.closest(".card").requestFullscreen();
    });
  }

  async function begin() {
    const before = await kept.get("sheets", session).catch(() => null);
    if (before) Object.assign(sheet, before);
    for (const other of await kept.all("sheets")) if (other.until < now()) kept.remove("sheets", other.session);
    await tellKept();
    await fetchCodes();
    tick();
  }

  if ("serviceWorker" in navigator) navigator.serviceWorker.register(door.dataset.worker, { scope: "/checkins/" }).catch(() => {});
  window.addEventListener("online", fetchCodes);
  begin();
  setInterval(tick, 250);
  setInterval(poll, 3000);
  setInterval(fetchCodes, 300000);
})();
