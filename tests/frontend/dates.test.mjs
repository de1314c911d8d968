// Days are written in one way for everybody, with the day of the week in the reader's language.
import assert from "node:assert/strict";
import test from "node:test";
import { weekday, written } from "../../shundan/ui/frontend/lib/dates.js";

test("a day, a moment and a month read as our pages write them", () => {
  assert.deepEqual(["2026-11-23", "2026-11-23T15:30", "2026-11-23T15:30:59", "2026-11"].map(written), ["2026-11-23", "2026-11-23 15:30", "2026-11-23 15:30", "2026-11"]);
});

test("the day of the week is that of the calendar, whatever the time zone", () => {
  assert.deepEqual([weekday("2026-11-23", "zh-Hans"), weekday("2026-11-23T00:10", "en"), weekday("2026-11", "en"), weekday("", "en")], ["周一", "Mon", "", ""]);
});
