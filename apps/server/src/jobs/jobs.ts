import type { TaskList } from "graphile-worker";

/** What a feature has done by the job queue: tasks by their names (`feature:what`), and when some of them come by themselves. */
export interface Jobs {
  tasks: TaskList;
  /** Lines of graphile-worker's crontab. */
  crontab: readonly string[];
  /** How many of these may run at the same time, beside those of other features. */
  concurrency: number;
  /** Before the first job: what a process that is gone left locked. */
  begin?: () => Promise<void>;
  /** After the last one. */
  end?: () => Promise<void>;
}
