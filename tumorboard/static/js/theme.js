// Light or dark, kept in a cookie so that the server can draw the next page without a flash.
export function start() {
  const button = document.querySelector("[data-theme-toggle]");
  const root = document.documentElement;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = shown === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
  });
}
