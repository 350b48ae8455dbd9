/** Changing a guide as it is written: pure functions from a body to the next one. */
import type { Schema } from "@api";

export type Body = Schema<"GuideBody">;
export type Step = Body["steps"][number];
export type Ending = Body["endings"][number];
export type Answer = Step["answers"][number];

const blank = () => ({ zh: "", en: "" });

/** A word for a new node that no other has. */
export function fresh(body: Body, stem: string): string {
  const taken = new Set([...body.steps.map((s) => s.id), ...body.endings.map((e) => e.id)]);
  let n = 1;
  while (taken.has(`${stem}_${n}`)) n += 1;
  return `${stem}_${n}`;
}

export const newAnswer = (id: string): Answer => ({ id, agent: blank(), merchant: null, step: null, ending: null });

export const newStep = (id: string): Step => ({
  id,
  agent: { question: blank(), why: null, hint: null },
  merchant: { question: blank(), hint: null },
  answers: [newAnswer("yes"), newAnswer("no")],
  known: [],
});

export const newEnding = (id: string): Ending => ({ id, outcome: "fixed", fault_code: "", agent: blank(), merchant: blank(), skills: [], parts: [] });

export const newBody = (): Body => ({ name: blank(), fault_codes: [], start: "step_1", steps: [newStep("step_1")], endings: [newEnding("end_1")] });

export const putStep = (body: Body, id: string, step: Step): Body => renamed({ ...body, steps: body.steps.map((s) => (s.id === id ? step : s)) }, id, step.id);

export const putEnding = (body: Body, id: string, ending: Ending): Body => renamed({ ...body, endings: body.endings.map((e) => (e.id === id ? ending : e)) }, id, ending.id);

/** Whoever leads to a node goes on leading to it under its new name. */
function renamed(body: Body, from: string, to: string): Body {
  if (from === to) return body;
  const lead = (a: Answer): Answer => ({ ...a, step: a.step === from ? to : (a.step ?? null), ending: a.ending === from ? to : (a.ending ?? null) });
  return { ...body, start: body.start === from ? to : body.start, steps: body.steps.map((s) => ({ ...s, answers: s.answers.map(lead) })) };
}

/** A node goes; answers that led to it lead nowhere and are found by the checks. */
export function without(body: Body, id: string): Body {
  const lead = (a: Answer): Answer => ({ ...a, step: a.step === id ? null : (a.step ?? null), ending: a.ending === id ? null : (a.ending ?? null) });
  return {
    ...body,
    steps: body.steps.filter((s) => s.id !== id).map((s) => ({ ...s, answers: s.answers.map(lead) })),
    endings: body.endings.filter((e) => e.id !== id),
  };
}

function swapped<T>(list: readonly T[], i: number, by: number): T[] {
  const next = [...list];
  const [a, b] = [next[i], next[i + by]];
  if (a === undefined || b === undefined) return next;
  next[i] = b;
  next[i + by] = a;
  return next;
}

/** Moves a step or an ending among its own. */
export const moved = (body: Body, id: string, by: 1 | -1): Body => ({
  ...body,
  steps: swapped(body.steps, body.steps.findIndex((s) => s.id === id), by),
  endings: swapped(body.endings, body.endings.findIndex((e) => e.id === id), by),
});

const leadsNowhere = (a: Answer) => !a.step && !a.ending;

/** Indents a step: the nearest answer above it that leads nowhere leads to it now. The first step has nothing above it. */
export function indented(body: Body, id: string): Body {
  const at = body.steps.findIndex((s) => s.id === id);
  for (let i = at - 1; i >= 0; i -= 1) {
    const above = body.steps[i]!;
    const k = above.answers.findIndex(leadsNowhere);
    if (k >= 0) return putStep(body, above.id, { ...above, answers: above.answers.map((a, n) => (n === k ? { ...a, step: id } : a)) });
  }
  return body;
}

/** Takes a step out from under the answers that lead to it. */
export const outdented = (body: Body, id: string): Body => ({
  ...body,
  steps: body.steps.map((s) => ({ ...s, answers: s.answers.map((a) => (a.step === id ? { ...a, step: null } : a)) })),
});

/** How deep a node lies below the first step, by the shortest way; none for what no way reaches. */
export function depths(body: Body): Map<string, number> {
  const depth = new Map<string, number>();
  let layer = [body.start];
  for (let n = 0; layer.length > 0 && n < 100; n += 1) {
    const next: string[] = [];
    for (const id of layer) {
      if (depth.has(id)) continue;
      depth.set(id, n);
      for (const a of body.steps.find((s) => s.id === id)?.answers ?? []) next.push(...[a.step, a.ending].flatMap((to) => (to ? [to] : [])));
    }
    layer = next;
  }
  return depth;
}
