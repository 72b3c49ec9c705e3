// How long a text is, of how much is taken: always under a paragraph, under one line only when it is nearly full.
const NEAR = 20;

const length = (field) => [...field.value.trim().replaceAll("\r\n", "\n")].length;
const number = (value) => value.toLocaleString("en-US");

function watch(field) {
  const most = Number(field.dataset.most);
  const note = document.createElement("p");
  note.className = "used";
  note.id = `${field.id}-count`;
  field.after(note);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
  const tell = () => {
    const used = length(field);
    note.textContent = `${number(used)} of ${number(most)} characters`;
    note.hidden = field.localName === "input" && used < most - NEAR;
    note.classList.toggle("over", used > most);
  };
  field.addEventListener("input", tell);
  tell();
}

export function start() {
  document.querySelectorAll("textarea[data-most], input[data-most]:not([type=password])").forEach(watch);
}
