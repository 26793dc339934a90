const idle = window.requestIdleCallback ?? ((run) => setTimeout(run));
const hydrate = async (node, module) => {
  if (node.localName === "leptos-island") await module[node.dataset.component]?.(node);
  for (const child of [...node.children]) await hydrate(child, module);
};
idle(async () => {
  const module = await import(js);
  await module.default({ module_or_path: wasm });
  module.hydrate();
  window.__hydrateIsland = (node) => hydrate(node, module);
  await hydrate(document.body, module);
  document.body.dataset.hydrated = "";
});
