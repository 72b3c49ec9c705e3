// A dropped file lands in the file input the area surrounds.
function listen(area) {
  const input = area.querySelector("input[type=file]");
  const over = (event) => { event.preventDefault(); area.dataset.over = ""; };
  const out = () => { delete area.dataset.over; };
  area.addEventListener("dragenter", over);
  area.addEventListener("dragover", over);
  area.addEventListener("dragleave", out);
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    out();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function start() {
  document.querySelectorAll("[data-drop]").forEach(listen);
}
