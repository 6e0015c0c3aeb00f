/**
 * A problem that the user can solve. The first line of `message` says what is wrong (the last lines of a log may
 * follow), `hint` says in one line what to do. Commands print both and no stack trace.
 */
export class UserError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = "UserError";
    this.hint = hint;
  }
}
