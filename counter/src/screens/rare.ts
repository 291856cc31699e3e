/** Screens that are not needed to begin a day: they come when they are first wanted, or once the first one stands. */

export { closeDay } from "./close";
export { lost } from "./lost";
export { recover, torn } from "./recover";
export { settings } from "./settings";
export { somethingElse, word } from "./sheets";
export { waitingList } from "./waiting";
