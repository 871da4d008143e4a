// Show 500 people on a switchboard in the page, change one of them 50 times a second while the list scrolls,
// and return how many elements were drawn and how long the longest tasks of the page took, in milliseconds.
async ({ people, rate, seconds }) => {
  const real = document.querySelector("home-assistant").hass;
  let send;
  const connection = {
    addEventListener: () => undefined,
    subscribeMessage: async (callback) => ((send = callback), async () => undefined),
  };
  const card = document.createElement("pbx-switchboard-card");
  card.setConfig({ type: "custom:pbx-switchboard-card" });
  card.hass = { ...real, connection };
  const holder = document.createElement("div");
  holder.style.cssText = "position:fixed;inset:0;overflow:auto;z-index:99;background:white";
  holder.append(card);
  document.body.append(holder);
  const frame = () => new Promise(requestAnimationFrame);
  while (!send) await frame();
  const since = new Date().toISOString();
  const describe = (number, call) => ({
    name: `Person ${number}`, number: String(1000 + number), status: call ? "talking" : "idle",
    do_not_disturb: false, forwards: {}, presence: null, presence_note: null, phones: [], person: null, to_do: null,
    editable: true, control: true, device_id: null,
    calls: call ? [{ call_id: "1", state: "talking", direction: "incoming", since, queue: null, number: "1", name: `Caller ${call}`, user: null }] : [],
  });
  const all = Object.fromEntries(Array.from({ length: people }, (_, number) => [number, describe(number, 0)]));
  const pbx = { title: "Crowd", connected: true, can: [], me: [], masked: false, control: true, device_id: null, last_call: null };
  send({ entries: ["crowd"] });
  send({ entry_id: "crowd", reset: true, complete: true, pbx, set: { people: all } });
  while (!card.renderRoot.querySelector("pbx-chip")) await frame();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  observer.observe({ type: "longtask" });
  let drawn = 0;
  const delays = [];
  for (let step = 1; step <= rate * seconds; step += 1) {
    const began = performance.now();
    const number = (step * 7) % people;
    send({ entry_id: "crowd", set: { people: { [number]: describe(number, step % 2 ? step : 0) } } });
    holder.scrollTop += step % 200 < 100 ? 30 : -30;
    await frame();
    delays.push(performance.now() - began);
    drawn = Math.max(drawn, card.renderRoot.querySelectorAll("pbx-chip").length);
    const rest = 1000 / rate - (performance.now() - began);
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
  // What was observed last is handed over later.
  await new Promise((resolve) => setTimeout(resolve, 200));
  tasks.push(...observer.takeRecords().map((entry) => entry.duration));
  holder.remove();
  return { drawn, tasks, slowest: Math.max(...delays) };
}
