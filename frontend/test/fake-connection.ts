import type { Message } from "../src/types";

/** A connection to Home Assistant that keeps what is asked, and hands in what a test tells. */
export class FakeConnection {
  connected = true;
  commands: { sections: string[] }[] = [];
  stopped = 0;
  refusal?: { code: string };
  send?: (message: Message) => void;
  private listeners: Record<string, () => void> = {};
  async subscribeMessage(callback: (message: Message) => void, command: { sections: string[] }) {
    this.commands.push(command);
    if (this.refusal) throw this.refusal;
    this.send = callback;
    return async () => void (this.stopped += 1);
  }
  addEventListener(name: string, listener: () => void) {
    this.listeners[name] = listener;
  }
  removeEventListener() {}
  fire(name: string) {
    this.listeners[name]();
  }
}
