// Follows a page live, and opens a message over the picture. Everything works without it too.
"use strict";
const follow = document.getElementById("follow");
const opened = document.getElementById("opened");

function replaced(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("live"), old = document.getElementById("live");
  if (!fresh || !old || document.activeElement?.closest("#live form")) return;    // somebody writes
  const known = new Set([...old.querySelectorAll(".kept")].map(one => one.id));
  const focused = document.activeElement && document.activeElement.closest(".kept");
  const mark = focused && focused.id;
  const lanes = old.querySelector(".lanes"), left = lanes ? lanes.scrollLeft : 0;
  for (const one of fresh.querySelectorAll(".kept")) if (!known.has(one.id)) one.classList.add("fresh");
  old.replaceWith(fresh);
  if (lanes && fresh.querySelector(".lanes")) fresh.querySelector(".lanes").scrollLeft = left;
  if (mark && document.getElementById(mark)) document.getElementById(mark).querySelector("a")?.focus();
  document.getElementById("clock").replaceWith(page.getElementById("clock"));
  follow.dataset.version = page.getElementById("follow").dataset.version;
}

async function look() {
  if (!document.hidden) {
    try {
      const path = location.pathname + "?live=" + encodeURIComponent(follow.dataset.version);
      const answer = await fetch(path, { headers: { Accept: "text/html" } });
      if (answer.status === 200) replaced(await answer.text());
      state(answer.ok || answer.status === 304);
    } catch { state(false); }
  }
  setTimeout(look, 1000);
}

function state(good) {
  const words = good ? follow.dataset.live : follow.dataset.paused;
  if (follow.textContent !== words) follow.textContent = words;
  follow.classList.toggle("paused", !good);
}

document.addEventListener("click", async event => {
  const link = event.target.closest("a.msg");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button || !opened.showModal) return;
  event.preventDefault();
  try {
    const text = await (await fetch(link.href)).text();
    const message = new DOMParser().parseFromString(text, "text/html").getElementById("message");
    const close = document.createElement("button");
    close.className = "close";
    close.textContent = follow ? follow.dataset.close : "×";
    close.addEventListener("click", () => opened.close());
    opened.replaceChildren(close, message);
    opened.dataset.from = link.closest(".kept").id;
    opened.showModal();
  } catch { location.href = link.href; }
});

opened?.addEventListener("click", event => { if (event.target === opened) opened.close(); });
opened?.addEventListener("close", () => {
  document.getElementById(opened.dataset.from)?.querySelector("a.msg")?.focus();
  opened.replaceChildren();
});

if (follow) { state(true); setTimeout(look, 1000); }
