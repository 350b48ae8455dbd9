import { beforeEach, describe, expect, it, vi } from "vitest";

const store = new Map<string, string>();
vi.stubGlobal("localStorage", { getItem: (key: string) => store.get(key) ?? null, setItem: (key: string, value: string) => void store.set(key, value), removeItem: (key: string) => void store.delete(key) });

const inStore = () => JSON.parse(store.get("postsale.field.taps") ?? "[]") as { command: string; refused?: string }[];

describe("taps made without a network", () => {
  beforeEach(() => {
    store.clear();
    vi.resetModules();
  });

  it("are kept until they are answered, and stay when they are refused", async () => {
    const { keepTap, dropTap, refused } = await import("./outbox");
    const [first, second] = [keepTap("w1", "parts", { part: "print_head" }), keepTap("w1", "steps", {})];
    expect(inStore().map((tap) => tap.command)).toEqual(["parts", "steps"]);
    dropTap(second);
    refused("w1", "parts", { part: "battery" }, "another tap, never kept");
    refused("w1", "parts", { part: "print_head" }, "你手上没有");
    expect(inStore()).toEqual([expect.objectContaining({ command: "parts", refused: "你手上没有" })]);
    dropTap(first);
    expect(inStore()).toEqual([]);
  });

  it("are the same tap when they say the same, however they arrive", async () => {
    const { keepTap, arrived } = await import("./outbox");
    const key = keepTap("w1", "parts", { part: "battery" });
    expect(keepTap("w1", "parts", { part: "battery" }, false)).toBe(key);
    keepTap("w2", "parts", { part: "battery" });
    arrived("w1", "parts", { part: "battery" });
    expect(inStore()).toMatchObject([{ command: "parts", order: "w2" }]);
  });

  it("outlive the page that made them", async () => {
    const { keepTap, sendsItself } = await import("./outbox");
    const key = keepTap("w1", "parts", { part: "print_head" });
    const tap = { key, order: "w1", command: "parts", body: {}, at: "" };
    expect(sendsItself(tap)).toBe(true);
    vi.resetModules();
    const again = await import("./outbox");
    expect(inStore()).toHaveLength(1);
    expect(again.sendsItself(tap)).toBe(false);
  });

  it("are sent again as they were sent when nobody heard the answer, also by another page", async () => {
    const first = await import("./outbox");
    const sent = first.sending("w1", "parts", { part: "paper" }, 7);
    first.keepTap("w1", "parts", { part: "paper" }, false);
    expect(first.sending("w1", "parts", { part: "paper" }, 8)).toEqual(sent);
    vi.resetModules();
    const again = await import("./outbox");
    expect(again.sending("w1", "parts", { part: "paper" }, 9)).toEqual(sent);
    // What was refused was not done: it is another attempt against what stands there now.
    again.refused("w1", "parts", { part: "paper" }, "已变化");
    const next = again.sending("w1", "parts", { part: "paper" }, 9);
    expect([next.version, next.key === sent.key]).toEqual([9, false]);
    // What has arrived is over: the same again is a new tap.
    again.arrived("w1", "parts", { part: "paper" });
    expect(again.sending("w1", "parts", { part: "paper" }, 10)).toMatchObject({ version: 10 });
  });
});
