"use strict";
// Times are whole numbers of 1/1024 s from the day's midnight, as the simulation keeps them.
const TICKS = 1024;
const MINUTE = 60 * TICKS;
const NAMES = 96; // pixels, to the left of the lanes
const NOW = 0.9; // of the lanes' width: where the present stands
const STRIP = 18; // pixels, of an agent's strip
const LANE = 14; // pixels, of a caller's lane, where there is room
const MOST_HIGH = 360; // pixels, of all lanes, or of all strips

const day = JSON.parse(document.getElementById("day").textContent);
const contacts = day.contacts.map((row) =>
  Object.fromEntries(row.map((value, i) => [day.fields[i], value])),
);
const byTry = new Map(contacts.map((one) => [one.case + "/" + one.k, one]));
const FAILED = ["abandoned", "blocked", "left"].map((name) => day.outcomes.indexOf(name));
for (const one of contacts) {
  one.failed = FAILED.includes(one.outcome);
  one.next = one.failed && one.again ? (byTry.get(one.case + "/" + (one.k + 1)) ?? null) : null;
  one.left = one.end ?? one.queued ?? Infinity; // when nobody was on the line any more
}

const $ = (id) => document.getElementById(id);
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue("--" + name).trim();
const [WAITS, TALKS, WRAPS, DUTY, AMISS, QUIET] = ["waits", "talks", "wraps", "duty", "amiss", "quiet"].map(colour);

let lang = document.documentElement.lang;
let now = day.from;
let playing = false;
let lastFrame = 0;

const words = () => day.words[lang];
const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function clock(ticks, seconds) {
  const s = Math.floor(ticks / TICKS);
  const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return parts.slice(0, seconds ? 3 : 2).map((part) => String(part).padStart(2, "0")).join(":");
}

const isWaiting = (one, t) => one.request !== null && one.queued !== null && one.request <= t && t < one.queued;

function counted(t) {
  const found = { waiting: 0, busy: 0, free: 0, answered: 0, gave_up: 0, coming: 0 };
  const taken = new Set();
  for (const one of contacts) {
    if (isWaiting(one, t)) found.waiting += 1;
    if (one.answer !== null && one.answer <= t) {
      if (one.answer >= day.from) found.answered += 1;
      if (t < (one.done ?? Infinity)) taken.add(one.seat);
    }
    if (one.failed && one.end !== null && one.end <= t) {
      if (one.end >= day.from) found.gave_up += 1;
      if (one.again && t < (one.next?.arrival ?? Infinity)) found.coming += 1;
    }
  }
  found.busy = taken.size;
  day.seats.forEach((seat, i) => {
    if (!taken.has(i) && seat.duty.some(([on, off]) => on <= t && t < off)) found.free += 1;
  });
  return found;
}

// Drawing ---------------------------------------------------------------------------------

function prepared(canvas, height) {
  const dots = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const [across, down] = [Math.round(width * dots), Math.round(height * dots)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.height = height + "px";
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(dots, 0, 0, dots, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "12px hotline-sim, sans-serif";
  pen.textBaseline = "middle";
  return [pen, width];
}

function waitingSteps() {
  const steps = [];
  for (const one of contacts) {
    if (one.request === null || one.queued === null || one.request >= one.queued) continue;
    steps.push([Math.max(one.request, day.from), 1], [Math.min(one.queued, day.until), -1]);
  }
  steps.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let waiting = 0;
  return steps.map(([t, step]) => [t, (waiting += step)]);
}
const STEPS = waitingSteps();
const MOST = STEPS.reduce((most, [, waiting]) => Math.max(most, waiting), 1);

function drawQueue() {
  const height = 56;
  const [pen, width] = prepared($("queue"), height);
  const x = (t) => 8 + ((t - day.from) / (day.until - day.from)) * (width - 16); // as the slider's knob
  const y = (waiting) => height - 14 - (waiting / MOST) * (height - 30);
  pen.fillStyle = WAITS;
  pen.beginPath();
  pen.moveTo(x(day.from), y(0));
  let before = 0;
  for (const [t, waiting] of STEPS) {
    pen.lineTo(x(t), y(before));
    pen.lineTo(x(t), y(waiting));
    before = waiting;
  }
  pen.lineTo(x(day.until), y(before));
  pen.lineTo(x(day.until), y(0));
  pen.fill();
  pen.fillStyle = QUIET;
  pen.fillRect(8, y(0), width - 16, 1);
  pen.textAlign = "left";
  pen.fillText(filled(words().now_waiting, { most: MOST }), 8, 8);
  pen.textAlign = "center";
  const hour = 60 * MINUTE;
  const step = hour * Math.max(1, Math.ceil((day.until - day.from) / hour / (width / 55)));
  for (let t = Math.ceil(day.from / step) * step; t <= day.until; t += step) {
    pen.fillText(clock(t), Math.min(Math.max(x(t), 18), width - 18), height - 5);
  }
  pen.fillStyle = TALKS;
  pen.fillRect(x(now) - 1, 14, 2, height - 28);
}

function drawLanes() {
  const seats = day.seats.length;
  const room = Math.min(MOST_HIGH, day.lanes * LANE);
  const strip = Math.min(STRIP, Math.max(2, MOST_HIGH / Math.max(seats, 1)));
  const desk = 8;
  const top = desk + seats * strip + 10;
  const base = top + room + 4;
  const [pen, width] = prepared($("lanes"), base + 20);
  const span = Number($("span").value) * MINUTE;
  const first = now - span * NOW;
  const shown = contacts.filter((one) => isShown(one, first));
  const lane = Math.min(LANE, room / lanesOf(shown));
  const x = (t) => NAMES + ((t - first) / span) * (width - NAMES);
  const bar = (from, until, y, height, fill) => {
    const [a, b] = [Math.max(from, first), Math.min(until, now)];
    if (a >= b) return;
    pen.fillStyle = fill;
    pen.fillRect(x(a), y, Math.max(x(b) - x(a), 1), height);
  };
  drawTimes(pen, x, first, span, base, width);
  day.seats.forEach((seat, i) => {
    for (const [on, off] of seat.duty) bar(on, off, desk + i * strip + 1, strip - 2, DUTY);
  });
  for (const one of shown) {
    drawContact(pen, one, { x, bar, first, y: top + one.lane * lane, lane });
    if (one.seat !== null && one.answer !== null) {
      const y = desk + one.seat * strip + 1;
      bar(one.answer, one.end ?? Infinity, y, strip - 2, TALKS);
      if (one.end !== null) bar(one.end, one.done ?? Infinity, y, strip - 2, WRAPS);
    }
  }
  pen.clearRect(0, 0, NAMES - 2, base);
  pen.fillStyle = QUIET;
  pen.textAlign = "right";
  if (strip >= 12) {
    day.seats.forEach((seat, i) => pen.fillText(seat.names[lang], NAMES - 8, desk + (i + 0.5) * strip, NAMES - 12));
  }
  pen.fillText(words().callers, NAMES - 8, top + 6, NAMES - 12);
}

function isShown(one, first) {
  if (one.arrival > now) return false;
  const again = one.failed && one.again ? (one.next?.arrival ?? Infinity) : 0;
  return Math.max(one.left, one.done ?? 0, again) >= first;
}

// In steps, so that lines do not change their height with every caller.
function lanesOf(shown) {
  const most = shown.reduce((found, one) => Math.max(found, one.lane + 1), 1);
  return Math.min(day.lanes, 2 ** Math.ceil(Math.log2(most)));
}

function drawContact(pen, one, { x, bar, first, y, lane }) {
  const thick = Math.max(lane - 3, lane / 2, 1);
  bar(one.arrival, one.answer ?? one.left, y, thick, WAITS);
  if (one.answer !== null) bar(one.answer, one.left, y, thick, TALKS);
  if (!one.failed || one.left > now) return;
  if (one.again) {
    const until = Math.min(one.next?.arrival ?? Infinity, now);
    pen.strokeStyle = QUIET;
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(x(Math.max(one.left, first)), y + thick / 2);
    pen.lineTo(x(until), y + thick / 2);
    pen.stroke();
    pen.setLineDash([]);
  }
  const [middle, arm] = [x(one.left), Math.min(4, Math.max(thick / 2, 2))];
  pen.strokeStyle = AMISS;
  pen.lineWidth = 1.8;
  pen.beginPath();
  for (const sign of [1, -1]) {
    pen.moveTo(middle - arm, y + thick / 2 - sign * arm);
    pen.lineTo(middle + arm, y + thick / 2 + sign * arm);
  }
  pen.stroke();
  pen.lineWidth = 1;
}

function drawTimes(pen, x, first, span, base, width) {
  const room = Math.max((width - NAMES) / 70, 2);
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 180].find((minutes) => span / MINUTE / minutes <= room) ?? 180;
  pen.textAlign = "center";
  for (let t = Math.ceil(first / (step * MINUTE)) * step * MINUTE; t < first + span; t += step * MINUTE) {
    if (t < 0 || t > 24 * 60 * MINUTE) continue;
    pen.fillStyle = "#e3e7eb";
    pen.fillRect(x(t), 4, 1, base - 4);
    pen.fillStyle = QUIET;
    if (x(t) < width - 20) pen.fillText(clock(t), x(t), base + 11);
  }
  pen.fillStyle = AMISS;
  pen.fillRect(x(now), 0, 1, base);
}

// The page -----------------------------------------------------------------------------------

function show(tell) {
  const found = counted(now);
  for (const name of Object.keys(found)) $(name).textContent = found[name];
  $("clock").textContent = clock(now, true);
  $("time").value = Math.floor(now / TICKS);
  $("time").setAttribute("aria-valuetext", clock(now, true));
  if (tell) $("told").textContent = filled(words().told, { ...found, time: clock(now, true) });
  drawQueue();
  drawLanes();
}

function speak() {
  document.documentElement.lang = lang;
  document.title = document.querySelector(`h1 span[lang=${lang}]`).textContent;
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
  for (const option of $("speed").options) option.textContent = filled(words().speed_of, { times: option.value });
  for (const option of $("span").options) option.textContent = filled(words().span_of, { minutes: option.value });
  $("play").textContent = playing ? words().pause : words().play;
  show(true);
}

function frame(at) {
  if (!playing) return;
  now = Math.min(now + ((at - lastFrame) / 1000) * Number($("speed").value) * TICKS, day.until);
  lastFrame = at;
  if (now >= day.until) playing = false;
  if (playing) {
    show(false);
    requestAnimationFrame(frame);
  } else {
    speak();
  }
}

$("play").addEventListener("click", () => {
  playing = !playing;
  if (playing && now >= day.until) now = day.from;
  speak();
  lastFrame = performance.now();
  if (playing) requestAnimationFrame(frame);
});
$("time").addEventListener("input", () => {
  now = Number($("time").value) * TICKS;
  show(true);
});
$("span").addEventListener("change", () => show(false));
for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => {
    lang = button.dataset.lang;
    speak();
  });
}
window.addEventListener("resize", () => show(false));
document.fonts.ready.then(() => {
  const first = contacts.find((one) => one.arrival >= day.from);
  if (first !== undefined) now = Math.floor(first.arrival / TICKS) * TICKS; // not hours of nobody
  speak();
});
