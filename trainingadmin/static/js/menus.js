// Menus made of <details>: they close when the person presses Escape or goes elsewhere.
(() => {
  "use strict";
  const menus = () => document.querySelectorAll("details.menu[open], details.account[open]");

  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
