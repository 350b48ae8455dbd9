/**
 * Every colour and measure of the console, once. Contrast was computed for these pairs (text at least 4.5 to 1, edges 3 to 1),
 * so a screen takes colours from here and nowhere else.
 */
import { theme, type ThemeConfig } from "antd";

export type Shade = "light" | "dark";

/** The marks of a clock: text and ground for each level. "tight" and "late" carry the most ink. */
type ClockInk = Record<"ok" | "half" | "tight" | "late" | "paused", readonly [text: string, ground: string]>;

type Colours = {
  page: string;
  panel: string;
  raised: string;
  text: string;
  text2: string;
  text3: string;
  action: string;
  actionHover: string;
  actionTint: string;
  good: string;
  attention: string;
  bad: string;
  edge: string;
  hairline: string;
  note: string;
  onFill: string;
  clock: ClockInk;
};

/** What is seen, after antd's algorithm. */
export const colours: Record<Shade, Colours> = {
  light: {
    page: "#F4F6F8",
    panel: "#FFFFFF",
    raised: "#FFFFFF",
    text: "#1A1F27",
    text2: "#4A5565",
    text3: "#626D7D",
    action: "#1B5FC4",
    actionHover: "#164E9F",
    actionTint: "#EAF1FC",
    good: "#0B7A5B",
    attention: "#B54708",
    bad: "#B42318",
    edge: "#7F8A9B",
    hairline: "#E1E6EC",
    note: "#FFF7E0",
    onFill: "#FFFFFF",
    clock: {
      ok: ["#0B6E4F", "transparent"],
      half: ["#7A5B00", "#FFF6D6"],
      tight: ["#A63F00", "#FFE3CC"],
      late: ["#FFFFFF", "#B42318"],
      paused: ["#4A5565", "#E6EAEF"],
    },
  },
  dark: {
    page: "#0E1116",
    panel: "#161A21",
    raised: "#1E242D",
    text: "#E6EAF0",
    text2: "#B3BCC9",
    text3: "#939EAE",
    action: "#6F99D5",
    actionHover: "#8AB1E6",
    actionTint: "#1D2A3D",
    good: "#54B48F",
    attention: "#DC8D58",
    bad: "#DC7870",
    edge: "#6B7686",
    hairline: "#2C343F",
    note: "#2E2A1A",
    onFill: "#0E1116",
    clock: {
      ok: ["#5FD0A5", "#161A21"],
      half: ["#F0CB5A", "#332B10"],
      tight: ["#FFB27A", "#4A2710"],
      late: ["#1A0705", "#FF8A80"],
      paused: ["#B3BCC9", "#2C343F"],
    },
  },
};

/** The dark algorithm darkens every seed; these come out as the colours above. */
const darkSeeds = { colorPrimary: "#7FB0F7", colorSuccess: "#5FD0A5", colorWarning: "#FFA264", colorError: "#FF8A80" };

export const fontFamily = 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
export const monoFamily = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace';

/** The theme antd is given. */
export function antTheme(shade: Shade): ThemeConfig {
  const c = colours[shade];
  const light = shade === "light";
  const seeds = light ? { colorPrimary: c.action, colorSuccess: c.good, colorWarning: c.attention, colorError: c.bad } : darkSeeds;
  return {
    algorithm: light ? theme.defaultAlgorithm : theme.darkAlgorithm,
    token: {
      ...seeds,
      colorInfo: seeds.colorPrimary,
      colorLink: seeds.colorPrimary,
      ...(light ? { colorPrimaryHover: c.actionHover, colorLinkHover: c.actionHover, colorPrimaryBg: c.actionTint } : {}),
      colorBgLayout: c.page,
      colorBgContainer: c.panel,
      colorBgElevated: c.raised,
      colorText: c.text,
      colorTextSecondary: c.text2,
      colorTextTertiary: c.text3,
      colorTextDescription: c.text3,
      colorTextPlaceholder: c.text3,
      // What cannot be changed is still read: the frame and the ground say that it is off.
      colorTextDisabled: c.text3,
      colorTextHeading: c.text,
      colorTextLightSolid: c.onFill,
      colorBorder: c.edge,
      colorBorderSecondary: c.hairline,
      colorSplit: c.hairline,
      fontFamily,
      fontFamilyCode: monoFamily,
      fontSize: 14,
      lineHeight: 22 / 14,
      fontSizeHeading4: 20,
      fontSizeHeading5: 16,
      fontWeightStrong: 500,
      borderRadius: 4,
      borderRadiusSM: 4,
      borderRadiusLG: 6,
      controlHeight: 32,
      controlHeightSM: 28,
      motionDurationFast: "0.1s",
      motionDurationMid: "0.16s",
      motionDurationSlow: "0.24s",
      boxShadowTertiary: "none",
      controlOutlineWidth: 2,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 400 },
      Table: { cellPaddingBlockSM: 6, cellPaddingInlineSM: 8, headerBg: c.panel, headerColor: c.text3, headerSplitColor: "transparent" },
      Tooltip: { colorTextLightSolid: light ? "#FFFFFF" : c.text },
      Tabs: { horizontalMargin: "0", horizontalItemPaddingSM: "8px 0" },
      ...(light ? {} : { Checkbox: { colorWhite: c.onFill }, Radio: { colorWhite: c.onFill } }),
    },
  };
}

/** On a phone a finger needs 48 px, and text is read at arm's length. */
export const phoneTheme: ThemeConfig = { token: { controlHeight: 48, controlHeightSM: 40, fontSize: 16, lineHeight: 24 / 16 } };

/** The same colours for our own style sheets: `var(--c-text2)`, `var(--k-late-ground)`. */
export function cssVariables(shade: Shade): Record<string, string> {
  const { clock, ...plain } = colours[shade];
  const names: Record<string, string> = {};
  for (const [name, value] of Object.entries(plain)) names[`--c-${name}`] = value;
  for (const [level, [text, ground]] of Object.entries(clock)) {
    names[`--k-${level}`] = text;
    names[`--k-${level}-ground`] = ground;
  }
  return names;
}
