import { describe, expect, it } from "vitest";
import { colours, type Shade } from "./tokens";

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
const contrast = (a: string, b: string) => {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
};

describe.each(["light", "dark"] satisfies Shade[])("%s", (shade) => {
  const c = colours[shade];
  const grounds = [c.page, c.panel, c.raised];

  it.each(["text", "text2", "text3", "action", "good", "attention", "bad"] as const)("%s is read on every ground", (name) => {
    for (const ground of grounds) expect(contrast(c[name], ground)).toBeGreaterThanOrEqual(4.5);
  });

  it("the edge of a field is seen", () => expect(contrast(c.edge, c.panel)).toBeGreaterThanOrEqual(3));

  it("words on the action's and on a danger's fill are read", () => {
    expect(contrast(c.onFill, c.action)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(c.onFill, c.bad)).toBeGreaterThanOrEqual(4.5);
  });

  it("an internal note and a chosen row are read", () => {
    expect(contrast(c.text, c.note)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(c.text, c.actionTint)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(c.text3, c.actionTint)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(c.action, c.actionTint)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(c.clock) as (keyof typeof c.clock)[])("the clock level %s is read", (level) => {
    const [text, ground] = c.clock[level];
    expect(contrast(text, ground === "transparent" ? c.panel : ground)).toBeGreaterThanOrEqual(4.5);
  });
});
