/** A "no" of the server, or of the way to it. Everything a call can end in, other than its answer, is one of these. */
import type { Problem } from "@api";

export type { Problem };

const CODE = /^[a-z][\w.]*$/;

export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && typeof (value as Problem).code === "string" && typeof (value as Problem).detail === "string";
}

/** Anything thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  return homemade("page", 0);
}

/** A problem the page itself has to word: no way to the server, or an answer nobody understands. Worded by `problem.<code>`. */
export function homemade(code: "offline" | "odd_answer" | "page" | "file_empty" | "file_large", status: number): Problem {
  return { type: "about:blank", title: "", status, code, detail: "" };
}

/** Worth trying again by itself: the way was interrupted or the server asked for it. */
export const isPassing = (problem: Problem) => problem.status === 503 || problem.code === "offline";

/** A business "no": it names its rule and offers a next step. Everything else is an accident. */
export const isRefusal = (problem: Problem) => problem.status >= 400 && problem.status < 500 && CODE.test(problem.code);
