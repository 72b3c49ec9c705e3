// A refused form opens at what is to fix.
export function start() {
  document.getElementById("errors").focus();
}
