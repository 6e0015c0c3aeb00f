// Values of secrets as the function that rotates knows them (rotation/rotate.py): nobody has to take a new one at the same
// moment as anybody else. What is used has been known to its service for one turn, and is accepted for one more.
import type * as pulumi from "@pulumi/pulumi";

type Values = { [name: string]: pulumi.Input<string> };

/** Names of a user's passwords, all of which its service accepts: the one in use, the one that comes next, the one before. */
export function slotsOf(user: string): [string, string, string] {
  return [user, `${user}Next`, `${user}Before`];
}

/** The passwords of a user whose service accepts several at once. There is none before the first. */
export function slotted(user: string, generated: (name: string) => pulumi.Input<string>): Values {
  const [inUse, next, before] = slotsOf(user);
  const password = generated(inUse);
  return { [inUse]: password, [next]: generated(next), [before]: password };
}

/** Logins that take turns, of a service that accepts one password of each. The first is in use. */
export function takingTurns(
  logins: readonly [string, string, string],
  generated: (name: string) => pulumi.Input<string>,
): Values {
  const passwords = Object.fromEntries(logins.map((login) => [login, generated(login)]));
  const [first] = logins;
  return { ...passwords, turns: logins.join(" "), login: first, password: passwords[first]! };
}
