import { expect, it } from "vitest";
import { sameDays } from "./OpeningHours";

it("days with the same hours make one line; a day without any is shut", () => {
  const week = ["09:00", "21:00"];
  expect(sameDays({ 1: [week], 2: [week], 3: [], 4: [week], 5: [week], 6: [["10:00", "12:00"], ["14:00", "18:00"]], 7: [["10:00", "12:00"], ["14:00", "18:00"]] })).toEqual([
    { from: 1, to: 2, spans: "09:00–21:00" },
    { from: 3, to: 3, spans: "" },
    { from: 4, to: 5, spans: "09:00–21:00" },
    { from: 6, to: 7, spans: "10:00–12:00 14:00–18:00" },
  ]);
});
