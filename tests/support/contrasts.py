"""Measurement of contrasts by a browser."""

from __future__ import annotations

# The contrast of each visible text with what is behind it, by WCAG's formula:
# https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
CONTRASTS = """
(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (text) => {
    const [r, g, b] = channels(text).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element.closest(".box")) return getComputedStyle(element.closest(".box").firstChild).fill;
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (channels(color).length === 3) return color;
    }
    throw new Error("nothing is behind " + element.outerHTML);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (["SCRIPT", "STYLE", "title", "desc"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const front = element.tagName === "text" ? style.fill : style.color;
    const [low, high] = [luminance(front), luminance(behind(element))].sort((a, b) => a - b);
    found.push([(high + 0.05) / (low + 0.05), element.outerHTML]);
  }
  return found;
})()
"""
