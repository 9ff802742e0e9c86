// Where the phone is, only if the person allows it: filled in by itself where that was allowed before, else on request.
(() => {
  "use strict";
  const area = document.getElementById("place");
  if (!area || !("geolocation" in navigator)) return;
  const button = document.getElementById("place-ask");

  function take() {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      for (const name of ["latitude", "longitude"]) document.getElementById(name).value = coords[name].toFixed(6);
      document.getElementById("accuracy").value = String(Math.round(coords.accuracy));
      area.hidden = false;
      button.hidden = true;
      document.getElementById("place-done").hidden = false;
    }, () => {
      area.hidden = true;
    }, { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
  }

  button.addEventListener("click", take);
  if (!navigator.permissions) {
    area.hidden = false;
    return;
  }
  navigator.permissions.query({ name: "geolocation" }).then(({ state }) => {
    if (state === "granted") take();
    else area.hidden = state === "denied";
  }, () => {
    area.hidden = false;
  });
})();
