// Forms: a question before what cannot be undone, and one submission however often the button is pressed.
// Without this file forms are simply sent; the server's idempotency key refuses the second.
(() => {
  "use strict";
  const sent = new WeakSet();
  const agreed = new WeakSet();
  const dialog = document.getElementById("ask");

  function ask(form, submitter, question) {
    document.getElementById("ask-text").textContent = question;
    dialog.returnValue = "no";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      agreed.add(form);
      form.requestSubmit(submitter);
    }, { once: true });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    const question = (event.submitter && event.submitter.dataset.ask) || form.dataset.ask;
    if (question && dialog && dialog.showModal && !agreed.has(form)) {
      event.preventDefault();
      ask(form, event.submitter, question);
      return;
    }
    agreed.delete(form);
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    sent.add(form);
    form.setAttribute("aria-busy", "true");
  });

  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) {
      sent.delete(form);
      form.removeAttribute("aria-busy");
    }
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
