/** Parts of the app that are fetched when they are wanted, or once the first screen stands. */

import type * as Print from "./screens/print";
import type * as Queue from "./screens/queue";
import type * as Rare from "./screens/rare";
import type { View } from "./view";
import { speakMore } from "./words";

export abstract class Later {
  queue: typeof Queue | null = null;
  printing: typeof Print | null = null;
  rare: typeof Rare | null = null;
  abstract view: View;
  abstract go(view: View): void;

  /** The screens of a second queue come when they are first wanted. */
  async second(): Promise<typeof Queue | null> {
    return (this.queue ??= await this.fetched(() => import("./screens/queue")));
  }

  /** Have the rest of the app ready while the clerk looks at the day. */
  async idle(): Promise<void> {
    await Promise.all([import("./screens/rare").then((found) => (this.rare ??= found)), speakMore()]).catch(() => {});
  }

  /** To a screen that is not needed to begin a day. */
  async seldom(view: Extract<View, { at: "lost" | "recover" | "waiting" | "close" | "settings" | "else" | "word" }>): Promise<void> {
    if ((this.rare ??= await this.fetched(() => import("./screens/rare")))) this.go(view);
  }

  /** A part of the app that comes when it is wanted. Null where it cannot be had now; that is said. */
  private async fetched<T>(load: () => Promise<T>): Promise<T | null> {
    try {
      const [found] = await Promise.all([load(), speakMore()]);
      return found;
    } catch {
      this.go({ at: "stuck", what: "missing", back: this.view });
      return null;
    }
  }

  async printer(): Promise<typeof Print | null> {
    return (this.printing ??= await this.fetched(() => import("./screens/print")));
  }
}
