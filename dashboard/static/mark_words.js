// Marking words with the mouse: shows plain text, tells which stretch of it was selected. Text never becomes markup here.
// Offsets are counted in characters as Python counts them, not in UTF-16 units.
export default function ({ data, parentElement, setTriggerValue }) {
  let box = parentElement.querySelector("p");
  if (!box) {
    box = document.createElement("p");
    box.style.cssText = "margin:0;padding:8px 10px;border:1px solid var(--st-border-color);border-radius:6px;cursor:text;" +
      "font:15px/1.6 var(--st-font);color:var(--st-text-color);white-space:pre-line;overflow-wrap:anywhere;user-select:text";
    parentElement.appendChild(box);
  }
  const mark = document.createElement("mark");
  mark.style.cssText = "background:color-mix(in srgb, var(--st-primary-color) 22%, transparent);color:inherit;" +
    "border-bottom:2px solid var(--st-primary-color)";
  const letters = Array.from(data.text);
  mark.textContent = letters.slice(data.start, data.end).join("");
  box.dir = "auto";
  box.replaceChildren(letters.slice(0, data.start).join(""), mark, letters.slice(data.end).join(""));
  const units = (node, at) => {
    const before = document.createRange();
    before.setStart(box, 0);
    before.setEnd(node, at);
    return Array.from(before.toString()).length;
  };
  box.onpointerup = () => setTimeout(() => {
    const chosen = document.getSelection();
    if (!chosen || !chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) return;
    setTriggerValue("marked", [units(range.startContainer, range.startOffset), units(range.endContainer, range.endOffset), data.hash]);
  });
}
