/* SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
   SPDX-License-Identifier: GPL-3.0-or-later
   Only moves, hides and swaps what the page already holds: no text of a router is ever read as markup. */
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const keep = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem("multiwan-" + name);
      localStorage.setItem("multiwan-" + name, value);
    } catch { /* a browser that keeps nothing */ }
    return null;
  };
  root.classList.add("js");

  // --- language, times, colours
  const times = () => {
    const zone = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const short = new Intl.DateTimeFormat(root.lang, zone);
    const clock = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const long = new Intl.DateTimeFormat(root.lang, { ...zone, weekday: "long", year: "numeric", timeZoneName: "short" });
    const made = one(".made time");
    const today = made && new Date(made.dateTime).toDateString();
    for (const time of all("time")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const form = time === made ? long : time.closest(".needy") && at.toDateString() === today ? clock : short;
      time.textContent = form.format(at);
      time.title = long.format(at);
    }
  };
  const speak = (language) => {
    if (language !== root.lang) {
      for (const part of all("[data-o]")) [part.textContent, part.dataset.o] = [part.dataset.o, part.textContent];
      for (const part of all("[data-oa]")) {
        const name = part.dataset.oa;
        const now = part.getAttribute(name);
        part.setAttribute(name, part.dataset.ov);
        part.dataset.ov = now;
      }
      root.lang = language;
    }
    document.title = one("title").dataset.title;
    times();
    count();
  };
  const choose = (name, act) => {
    const kept = keep(name);
    for (const input of all(`input[name=${name}]`)) {
      if (input.value === kept) input.checked = true;
      input.addEventListener("change", () => { keep(name, input.value); act(input.value); });
    }
    act(one(`input[name=${name}]:checked`).value);
  };

  // --- search, filters, order
  const bodies = all(".fleet tbody");
  const search = one("#search");
  const hay = new Map();
  const wanted = { kind: new Set(), group: new Set() };
  const words = (body) => {
    if (!hay.has(body)) {
      const detail = document.getElementById(body.dataset.branch);
      hay.set(body, (body.textContent + " " + detail.textContent).toLowerCase());
    }
    return hay.get(body);
  };
  const meets = (set, list) => set.size === 0 || list.split(" ").some((name) => set.has(name));
  const count = () => {
    const shown = bodies.filter((body) => !body.hidden).length;
    one("#shown").textContent = one("#shown").dataset.text.replace("#", shown);
    one("#none").hidden = shown > 0 || bodies.length === 0;
  };
  const filter = () => {
    const needles = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hidden = new Set();
    for (const body of bodies) {
      body.hidden = !(meets(wanted.kind, body.dataset.kinds) && meets(wanted.group, body.dataset.groups)
        && needles.every((needle) => words(body).includes(needle)));
      if (body.hidden) hidden.add(body.dataset.branch);
    }
    for (const mark of all("a[data-branch]")) mark.classList.toggle("off", hidden.has(mark.dataset.branch));
    for (const item of all(".needy li[data-branch]")) item.hidden = hidden.has(item.dataset.branch);
    one("#reset").hidden = !(needles.length || wanted.kind.size || wanted.group.size);
    count();
  };
  for (const key of ["kind", "group"]) {
    for (const button of all(`button[data-${key}]`)) {
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", on);
        if (on) wanted[key].add(button.dataset[key]); else wanted[key].delete(button.dataset[key]);
        filter();
      });
    }
  }
  search.addEventListener("input", filter);
  one("#reset").addEventListener("click", () => {
    search.value = "";
    for (const key of ["kind", "group"]) {
      wanted[key].clear();
      for (const button of all(`button[data-${key}]`)) button.setAttribute("aria-pressed", "false");
    }
    filter();
    search.focus();
  });
  const texts = new Set(["name", "version"]);
  const descending = new Set(["load", "rogues", "drift"]);
  for (const button of all("button[data-sort]")) {
    button.addEventListener("click", () => {
      const key = button.dataset.sort;
      const head = button.closest("th");
      const first = descending.has(key) ? "descending" : "ascending";
      const other = first === "ascending" ? "descending" : "ascending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const th of all(".fleet th[aria-sort]")) th.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", order);
      const compare = texts.has(key)
        ? (a, b) => a.dataset[key].localeCompare(b.dataset[key], root.lang, { numeric: true, sensitivity: "base" })
        : (a, b) => a.dataset[key] - b.dataset[key];
      bodies.sort((a, b) => (order === "ascending" ? compare(a, b) : compare(b, a))
        || a.dataset.name.localeCompare(b.dataset.name, root.lang));
      one(".fleet").append(...bodies);
    });
  }

  // --- details
  const dialog = one("#dialog");
  const place = one("#dialog-body");
  const home = one("#details");
  let open = null;
  const put = (article) => {
    if (open) home.append(open);
    open = article;
    if (!article) return;
    place.append(article);
    dialog.setAttribute("aria-labelledby", "h-" + article.id);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    document.getElementById("h-" + article.id).focus({ preventScroll: true });
  };
  const show = (id) => {
    const article = document.getElementById(id);
    if (article && article.classList.contains("detail")) put(article);
    else if (dialog.open) dialog.close();
  };
  const follow = () => show(location.hash.slice(1));
  const go = (id) => {
    history.replaceState(null, "", "#" + id);
    show(id);
  };
  addEventListener("hashchange", follow);
  dialog.addEventListener("close", () => {
    const id = open && open.id;
    put(null);
    history.replaceState(null, "", location.pathname + location.search);
    if (id && document.activeElement === document.body) {
      const link = one(`.fleet tbody[data-branch="${id}"] a`);
      if (link) link.focus();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    const step = event.target.closest("[data-go]");
    if (!step || !open) return;
    const shown = bodies.filter((body) => !body.hidden || body.dataset.branch === open.id).map((body) => body.dataset.branch);
    const next = (shown.indexOf(open.id) + Number(step.dataset.go) + shown.length) % shown.length;
    go(shown[next]);
  });
  addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#b-"]');
    const body = link ? null : event.target.closest(".fleet tbody");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      go(link.getAttribute("href").slice(1));
    } else if (body && !String(getSelection())) {
      body.querySelector("a").focus({ preventScroll: true });
      go(body.dataset.branch);
    }
  });

  // --- the map: one stop for the tab key, arrows within; a row that is pointed at shows where it is
  const marks = all(".mark");
  marks.forEach((mark) => { mark.tabIndex = -1; });
  const loudest = marks[marks.length - 1];
  if (loudest) loudest.tabIndex = 0;
  const middle = (mark) => {
    const box = mark.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  for (const mark of marks) {
    mark.addEventListener("keydown", (event) => {
      const way = ways[event.key];
      if (!way) return;
      event.preventDefault();
      const [x, y] = middle(mark);
      let best = null;
      let least = Infinity;
      for (const other of marks) {
        const [a, b] = middle(other);
        const along = (a - x) * way[0] + (b - y) * way[1];
        const aside = Math.abs((a - x) * way[1]) + Math.abs((b - y) * way[0]);
        if (other !== mark && along > 0 && along + 2 * aside < least) [best, least] = [other, along + 2 * aside];
      }
      if (!best) return;
      mark.tabIndex = -1;
      best.tabIndex = 0;
      best.focus();
    });
  }
  const hot = (key) => { for (const mark of marks) mark.classList.toggle("hot", mark.dataset.branch === key); };
  for (const body of bodies) {
    body.addEventListener("mouseenter", () => hot(body.dataset.branch));
    body.addEventListener("mouseleave", () => hot(null));
  }

  choose("theme", (theme) => { root.dataset.theme = theme; });
  choose("language", speak);
  filter();
  // Behind the browser's own way to the fragment, which would end within the details.
  if (location.hash) addEventListener("load", () => { follow(); requestAnimationFrame(() => { dialog.scrollTop = 0; }); });
})();
