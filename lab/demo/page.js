// SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the throughput under the pointer. The page is complete without it.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const times = data.series.at_s;
  const out = document.getElementById("readout");
  if (!times.length) return;
  const nearest = (at) => times.reduce((best, t, i) => (Math.abs(t - at) < Math.abs(times[best] - at) ? i : best), 0);
  const words = (i) =>
    `${times[i].toFixed(1)} s: ` +
    data.branch.uplinks
      .map((u) => `${u.label} ${data.series.mbit[u.name].down[i].toFixed(2)} down, ${data.series.mbit[u.name].up[i].toFixed(2)} up`)
      .join(" · ");
  for (const svg of document.querySelectorAll("svg[data-left]")) {
    const left = Number(svg.dataset.left);
    const right = Number(svg.dataset.right);
    const end = Number(svg.dataset.end);
    const cursor = svg.querySelector(".cursor");
    svg.addEventListener("pointermove", (event) => {
      const x = ((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth) * svg.viewBox.baseVal.width;
      const at = (Math.min(right, Math.max(left, x)) - left) / (right - left) * end;
      const i = nearest(at);
      out.textContent = words(i);
      const place = left + (times[i] / end) * (right - left);
      cursor.setAttribute("x1", place);
      cursor.setAttribute("x2", place);
      cursor.removeAttribute("visibility");
    });
    svg.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));
  }
})();
