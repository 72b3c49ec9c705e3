// The one place that turns the server's HTML into nodes: the Trusted Types policy named in the CSP.
const asIs = { createHTML: (html) => html };
const policy = globalThis.trustedTypes?.createPolicy("tb-fragment", asIs) ?? asIs;

export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

export function say(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

// A field named "action" hides form.action, so the attribute is read.
export const target = (form, submitter) =>
  submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;

export const post = (url, body, headers) =>
  fetch(url, { method: "POST", body, headers, credentials: "same-origin" });
