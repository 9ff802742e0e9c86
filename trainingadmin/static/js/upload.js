// Upload areas: the chosen file's name and size, a mark while a file hovers; a file that is too large is not sent.
(() => {
  "use strict";
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

  for (const area of document.querySelectorAll("[data-drop]")) {
    const input = area.querySelector("input[type=file]");
    const chosen = area.querySelector("[data-chosen]");
    if (!input || !chosen) continue;
    const limit = Number(area.dataset.limit) * 1048576;
    const tooLarge = () => [...input.files].some((file) => file.size > limit);

    input.addEventListener("change", () => {
      const files = [...input.files];
      const large = tooLarge();
      input.setAttribute("aria-invalid", large);
      chosen.classList.toggle("too-large", large);
      chosen.textContent = large ? area.dataset.tooLarge
        : files.map((file) => `${file.name}（${size(file.size)}）`).join("、");
    });
    input.form?.addEventListener("submit", (event) => {
      if (!tooLarge()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      input.focus();
    }, true);
    for (const type of ["dragenter", "dragover"]) {
      area.addEventListener(type, (event) => {
        event.preventDefault();
        area.classList.add("drop-over");
      });
    }
    area.addEventListener("dragleave", () => area.classList.remove("drop-over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("drop-over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
})();
