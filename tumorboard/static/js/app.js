// Entry module: a feature starts only where its hook is on the page, and says when it is ready.
const features = {
  focus: "#errors",
  theme: "[data-theme-toggle]",
  autosave: "form[data-autosave]",
  count: "[data-most]",
  drop: "[data-drop]",
  guard: "form[data-guard]",
  reorder: "[data-reorder]",
  copy: "[data-copy]",
  "submit-once": "body",
};

for (const [name, hook] of Object.entries(features)) {
  const found = document.querySelector(hook);
  if (found) import(`./${name}.js`).then((feature) => { feature.start(); found.dataset.ready = ""; });
}
