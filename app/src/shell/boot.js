const idle = window.requestIdleCallback ?? ((run) => setTimeout(run));
const hydrate = async (node, module) => {
  if (node.localName === "leptos-island") await module[node.dataset.component]?.(node);
  for (const child of [...node.children]) await hydrate(child, module);
};
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button[commandfor]");
    const dialog = document.getElementById(button?.getAttribute("commandfor"));
    if (button?.getAttribute("command") === "show-modal") dialog?.showModal();
    if (button?.getAttribute("command") === "close") dialog?.close();
  });
}
// The islands come to life after the first paint, which they would delay. A page in the background is not painted.
const painted = new Promise((resolve) => {
  new PerformanceObserver((_, observer) => {
    observer.disconnect();
    resolve();
  }).observe({ type: "paint", buffered: true });
  setTimeout(resolve, 500);
});
// Busy pages are never idle: then it does not wait for longer than this.
painted.then(() => idle(async () => {
  const module = await import(js);
  await module.default({ module_or_path: wasm });
  module.hydrate();
  window.__hydrateIsland = (node) => hydrate(node, module);
  await hydrate(document.body, module);
  document.body.dataset.hydrated = "";
}, { timeout: 1_000 }));
