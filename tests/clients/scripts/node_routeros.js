// SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
// SPDX-License-Identifier: GPL-3.0-or-later
// node-routeros: commands side by side, a stream that is paused and stopped, traps, TLS.
"use strict";
const fs = require("fs");
const { RouterOSAPI } = require("node-routeros");

const to = JSON.parse(fs.readFileSync(0, "utf8"));
const way = { host: to.host, port: to.port, user: to.user, password: to.password, timeout: 5 };
const LISTS = "/ip/firewall/address-list";

function tell(seen) {
  console.log("\n===\n" + JSON.stringify(seen));
}

async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error.message || String(error);
  }
  throw new Error("not refused");
}

async function stream(api) {
  const events = [];
  const heard = new Promise((resolve) => {
    const listening = api.stream([LISTS + "/listen"], (error, packet) => {
      if (error) return;
      events.push(packet);
      if (packet[".dead"]) resolve(listening);
    });
  });
  const [{ ret }] = await api.write(LISTS + "/add", ["=list=node", "=address=10.4.0.9"]);
  await api.write(LISTS + "/remove", ["=.id=" + ret]);
  const listening = await heard;
  await listening.stop();
  return { id: ret, events };
}

async function main() {
  const api = new RouterOSAPI(way);
  await api.connect();
  const seen = {};
  if (to.ask === "empty") {
    process.on("uncaughtException", (error) => {
      tell({ uncaught: error.errno || error.message });
      process.exit(0);
    });
    tell({ rows: await api.write(LISTS + "/print", ["?list=nobody"]) });
    process.exit(0);
  }
  const names = ["/system/identity/print", "/system/resource/print", "/interface/print"];
  const [identity, resource, interfaces] = await Promise.all(names.map((name) => api.write(name)));
  Object.assign(seen, { identity, version: resource[0].version, interfaces: interfaces.map((row) => row.name) });
  const [{ ret }] = await api.write(LISTS + "/add", ["=list=node", "=address=10.4.0.1", "=comment=a=b c"]);
  seen.added = await api.write(LISTS + "/print", ["?.id=" + ret]);
  await api.write(LISTS + "/set", ["=.id=" + ret, "=disabled=yes"]);
  seen.changed = (await api.write(LISTS + "/print", ["?.id=" + ret]))[0].disabled;
  await api.write(LISTS + "/remove", ["=.id=" + ret]);
  seen.trap = await refused(api.write("/ip/bogus/print"));
  seen.stream = await stream(api);
  seen.after = (await api.write("/system/identity/print"))[0].name;
  await api.close();
  seen.login = await refused(new RouterOSAPI({ ...way, password: "wrong" }).connect());
  const safe = new RouterOSAPI({ ...way, port: to.ssl_port, tls: { ca: fs.readFileSync(to.ca_file) } });
  await safe.connect();
  seen.tls = (await safe.write("/system/identity/print"))[0].name;
  await safe.close();
  tell(seen);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
