// Progress in the terminal: a list of steps, each with a line that says what it is doing.
import { Listr, type DefaultRenderer, type ListrTaskWrapper, type SimpleRenderer } from "listr2";

export type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

export interface Step {
  title: string;
  task: (context: unknown, task: Task) => Promise<void>;
}

/** Without a terminal, progress is a line now and then, not an animation. */
const secondsBetweenLines = 15;

export function steps(tasks: Step[]) {
  return new Listr(tasks, {
    fallbackRenderer: "simple",
    rendererOptions: { collapseErrors: false, formatOutput: "truncate" },
  });
}

/** Shows a line below the step's title. */
export function output(task: Task): (line: string) => void {
  let last = 0;
  return (line) => {
    if (!process.stdout.isTTY && Date.now() - last < secondsBetweenLines * 1000) return;
    last = Date.now();
    task.output = line;
  };
}
