/** Which dialog belongs to which command. */
import type { ComponentType } from "react";
import type { Command } from "../page/next";
import { PriorityDialog, SolveDialog, TriageDialog, VisitDialog, type DialogProps } from "./deciding";
import { MergeDialog } from "./MergeDialog";
import { AssignDialog, CancelDialog, ConfirmDialog, PauseDialog, RegisterDialog, ReopenDialog, ResumeDialog } from "./plain";
import { RelateDialog, SplitDialog, TaskDialog } from "./relating";
import { UnmergeDialog } from "./UnmergeDialog";

/** Commands asked in a dialog. Claiming asks nothing; words, guides, fields and quotes have places of their own. */
export type Asked = Exclude<Command, "claim" | "reply" | "note" | "guide" | "fields" | "quote">;

export const dialogs: Record<Asked, ComponentType<DialogProps>> = {
  assign: AssignDialog,
  register: RegisterDialog,
  priority: PriorityDialog,
  pause: PauseDialog,
  resume: ResumeDialog,
  triage: TriageDialog,
  visit: VisitDialog,
  solve: SolveDialog,
  confirm: ConfirmDialog,
  reopen: ReopenDialog,
  cancel: CancelDialog,
  merge: MergeDialog,
  unmerge: UnmergeDialog,
  relate: RelateDialog,
  add_task: TaskDialog,
  split: SplitDialog,
};
