// Where the officer stands: fills in latitude and longitude when the browser may tell; without it they are typed or left out.
(() => {
  "use strict";
  for (const area of document.querySelectorAll("[data-locate]")) {
    const [latitude, longitude] = area.querySelectorAll("input");
    const button = area.querySelector("[data-locate-now]");
    const said = area.querySelector("[data-locate-said]");
    if (!navigator.geolocation || !button || !longitude) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          latitude.value = coords.latitude.toFixed(6);
          longitude.value = coords.longitude.toFixed(6);
          said.textContent = `±${Math.round(coords.accuracy)} m`;
        },
        () => { said.textContent = area.dataset.denied; },
        { enableHighAccuracy: true, timeout: 15000 },
      );
    });
  }
})();
