// What makes the portal more comfortable. Every page works without it.
"use strict";

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const over = (yes) => zone.classList.toggle("over-it", yes);
  zone.addEventListener("dragover", (event) => { event.preventDefault(); over(true); });
  zone.addEventListener("dragleave", () => over(false));
  zone.addEventListener("drop", (event) => {
    over(false);
    if (event.target === input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    const file = input.files[0];
    const large = file && file.size > Number(zone.dataset.most);
    input.setCustomValidity(large ? zone.dataset.large : "");
    if (large) input.reportValidity();
  });
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button");
    setTimeout(() => { button.disabled = true; }, 0);
    addEventListener("pageshow", () => { button.disabled = false; });
  });
}

// A piece of the page that is replaced leaves the keyboard where it was. (What has an id, htmx finds again by itself.)
let focused = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const at = document.activeElement, piece = event.detail.target;
  const address = piece.id && piece.contains(at) && !at.id && at.getAttribute("href");
  focused = address ? `#${piece.id} a[href="${CSS.escape(address)}"]` : null;
});
document.addEventListener("htmx:afterSwap", () => {
  if (focused) document.querySelector(focused)?.focus({ preventScroll: true });
  focused = null;
});
