// Says beside a field, once it is left, what is wrong with it. Without this the buttons do.
"use strict";
const filing = document.getElementById("filing");

filing?.addEventListener("change", async event => {
  if (!event.target.name || filing.enctype !== "application/x-www-form-urlencoded") return;
  try {
    const written = new URLSearchParams(new FormData(filing));
    const answer = await fetch(filing.getAttribute("action") + "/look", { method: "POST", body: written });
    if (answer.ok) beside(await answer.json());
  } catch { /* the buttons still work */ }
});

function beside(faults) {
  for (const field of filing.querySelectorAll("input[id], select[id], textarea[id]")) {
    const texts = field.value ? faults[field.id] || [] : [];      // what is empty is told on checking
    const entry = field.closest(".entry"), mark = field.id + "-wrong";
    let place = document.getElementById(mark);
    if (!texts.length && !(place && field.value)) continue;
    if (!place) {
      place = document.createElement("small");
      place.id = mark;
      place.className = "fault";
      place.setAttribute("role", "alert");
      entry.append(place);
    }
    place.replaceChildren(...texts.map(text => Object.assign(document.createElement("span"), { textContent: text })));
    entry.classList.toggle("bad", texts.length > 0);
    if (texts.length) {
      field.setAttribute("aria-invalid", "true");
      const described = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean)).add(mark);
      field.setAttribute("aria-describedby", [...described].join(" "));
    } else {
      field.removeAttribute("aria-invalid");
    }
  }
}
