# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes one namespace hold a kernel plan: by difference, the new before the gone, and only what it made itself."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from lab.actuate import sysctl
from lab.actuate.conntrack import ConnectionTable
from lab.actuate.nftables import Nftables
from lab.actuate.queues import Queues
from lab.actuate.rtnetlink import PROTOCOL, LinkState, RtNetlink
from lab.derive.plan import AddressPlan, BridgePlan, KernelPlan, QueuePlan, RoutePlan, RulePlan

_KERNEL_PROTOCOL = 2
_LOCAL_FIRST = RulePlan(0, 255)
_GONE = (errno.ESRCH, errno.ENOENT, errno.EADDRNOTAVAIL, errno.ENODEV)


class Refused(RuntimeError):
    """The kernel refused parts of a plan; the rest was applied. ``problems`` names each part."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


class Actuator:
    """Owner of one namespace's bridges, addresses, routes, rules and packet filter."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._kernel = RtNetlink(namespace)
        self._filter = Nftables(namespace)
        self._bridge_filter = Nftables(namespace, family="bridge")
        self.queues = Queues(namespace, self._kernel)
        self.connections = ConnectionTable(namespace)
        self._applied: KernelPlan | None = None
        self._bridges: set[str] = set()
        self._addresses: set[AddressPlan] = set()
        self._masters: dict[str, str] = {}
        self._problems: list[str] = []
        self._unsure = False

    def apply(self, plan: KernelPlan) -> None:
        """Bring the kernel from the plan applied before to this one; nothing is done when they are equal.

        Raises ``Refused`` after everything else was done; the next call then looks at the kernel again.
        """
        before = self._applied or KernelPlan()
        if plan == self._applied and not self._unsure:
            return
        self._problems = []
        if self._applied is None:  # a router that boots forwards nothing past its packet filter, not for a moment
            self._try("packet filter", self._filter.load, plan.nft)
        # before a port joins, too: nothing may pass a bridge that is to be stopped there
        self._try("bridge filter", self._bridge_filter.load, plan.bridge_nft)
        links = self._kernel.links()
        if self._links_differ(before, plan):
            links = self._apply_links(plan, links)
        if plan.sysctls != before.sysctls or self._unsure:
            self._try("sysctl", sysctl.write, self._namespace, plan.sysctls)
        self._add_addresses(plan, links)
        if plan.masquerade - before.masquerade:  # no packet may take a new way out before it is translated there
            self._try("packet filter", self._filter.load, plan.nft)
        self._replace_routes(before, plan, links)
        self._apply_rules(before, plan)
        self.connections.learn(plan.connection_marks)
        self._try("packet filter", self._filter.load, plan.nft)
        self._try("queues", self.queues.apply, plan.queues, links)
        self._delete_routes(before, plan)
        dropped = self._delete_addresses(plan, links)
        self._delete_bridges(plan, links)
        self._purge(before, plan)
        if dropped:  # the kernel takes routes along that name a deleted address
            self._reassert_routes(plan, links)
        self._applied = plan
        self._unsure = bool(self._problems)
        if self._problems:
            raise Refused(self._problems)

    def resync(self) -> None:
        """Compare with the kernel and mend. Call it after a link event: routes of a link that goes down are dropped."""
        if self._applied is not None:
            self._unsure = True
            self.apply(self._applied)

    def rule_counters(self) -> Mapping[tuple[str, int], tuple[int, int]]:
        """(menu, row id) -> (packets, bytes) of every firewall row that packets can reach."""
        return self._filter.counters()

    def queue_plan(self) -> QueuePlan:
        """The queues that are in the kernel."""
        return self._applied.queues if self._applied is not None else QueuePlan()

    def evaluations(self) -> Mapping[tuple[str, int], int]:
        """(menu, row id) -> how often a row was looked at, for plans derived with ``trace``."""
        return self._filter.evaluations()

    def reset_counters(self, names: Iterable[str]) -> None:
        """``names`` like ``mangle-12``."""
        self._filter.reset(names)

    def dynamic_addresses(self) -> Mapping[str, tuple[tuple[str, int], ...]]:
        """Address list -> (address, seconds left; 0 for ever) that firewall rules have added."""
        return self._filter.dynamic_addresses()

    def power_off(self, ports: Iterable[str]) -> None:
        """As ``close``; ports lose their carrier, and connections are forgotten with everything else."""
        links = self._kernel.links()
        for port in ports:
            if port in links:
                self._kernel.set_link(links[port].index, up=False)
        self.connections.forget()
        self.close()

    def remove_dynamic_address(self, name: str, address: str) -> None:
        """Take an address out of a list that firewall rules fill; ``KeyError`` when it is not in it."""
        self._filter.remove_dynamic_address(name, address)

    def close(self) -> None:
        """Remove everything that was made here and put the kernel's own look-up order back."""
        self._problems = []
        empty = KernelPlan()
        links = self._kernel.links()
        self._try("packet filter", self._filter.load, "")
        self._try("bridge filter", self._bridge_filter.load, "")
        self._try("queues", self.queues.close, links)
        self._unsure = True
        self._delete_routes(self._applied or empty, empty)
        self._delete_addresses(empty, links)
        self._restore_rules()
        self._release_ports(links)
        self._delete_bridges(empty, links)
        self._applied = None
        self._kernel.close()
        self.connections.close()
        if self._problems:
            raise Refused(self._problems)

    # links

    def _links_differ(self, before: KernelPlan, plan: KernelPlan) -> bool:
        return self._unsure or (before.bridges, before.links) != (plan.bridges, plan.links)

    def _apply_links(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> dict[str, LinkState]:
        for bridge in plan.bridges:
            if bridge.name not in links:
                self._try(f"bridge {bridge.name}", self._kernel.add_bridge, bridge.name, bridge.mac)
                self._bridges.add(bridge.name)
        links = self._kernel.links()
        for bridge in plan.bridges:
            if bridge.name in self._bridges and bridge.name in links:
                self._apply_bridge(bridge, links)
        for link in plan.links:
            state = links.get(link.name)
            if state is None:
                self._problems.append(f"link {link.name}: not in the namespace")
            elif state.up != link.up:
                self._set_link(state, up=link.up)
        ports = self._reset_ports(plan)
        for port in ports:
            if port in links:
                self._set_link(links[port], up=False)
        self._apply_masters(plan, links)
        for link in plan.links:
            if link.name in ports and link.up and link.name in links:
                self._set_link(links[link.name], up=True)
        return self._kernel.links()

    def _reset_ports(self, plan: KernelPlan) -> set[str]:
        """Ports of bridges that begin or cease to filter VLANs: they lose their link for a moment (facts 9.1)."""
        before = {bridge.name: bridge.mode for bridge in (self._applied or KernelPlan()).bridges}
        changed = [bridge for bridge in plan.bridges if bridge.name in before and before[bridge.name] != bridge.mode]
        return {port for bridge in changed for port in bridge.resets}

    def _apply_bridge(self, bridge: BridgePlan, links: Mapping[str, LinkState]) -> None:
        state = links[bridge.name]
        if state.up != bridge.up:
            self._set_link(state, up=bridge.up)
        if bridge.mac and state.mac != bridge.mac.upper():
            self._set_link(state, mac=bridge.mac)

    def _apply_masters(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> None:
        wanted = {port: bridge.name for bridge in plan.bridges for port in bridge.ports}
        for port in sorted({*wanted, *self._masters}):
            state, bridge = links.get(port), links.get(wanted.get(port, ""))
            master = bridge.index if bridge else 0
            if state is not None and state.master != master:
                self._set_link(state, master=master)
        self._masters = wanted

    def _set_link(self, state: LinkState, *, up: bool | None = None, master: int | None = None, mac: str = "") -> None:
        self._try(f"link {state.name}", partial(self._kernel.set_link, state.index, up=up, master=master, mac=mac))

    def _release_ports(self, links: Mapping[str, LinkState]) -> None:
        for port in self._masters:
            if port in links:
                self._set_link(links[port], master=0)
        self._masters = {}

    def _delete_bridges(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> None:
        for name in sorted(self._bridges - {bridge.name for bridge in plan.bridges}):
            if name in links:
                self._try(f"bridge {name}", self._kernel.delete_link, links[name].index)
            self._bridges.discard(name)

    # addresses

    def _add_addresses(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> None:
        missing = set(plan.addresses) - self._addresses
        if self._unsure:
            held = self._kernel.addresses()
            missing = {a for a in plan.addresses if a.interface in links and _at(a, links) not in held}
        for address in sorted(missing, key=lambda a: (a.interface, a.address)):
            if address.interface not in links:
                self._problems.append(f"address {address.address}: no interface {address.interface}")
                continue
            self._try(
                f"address {address.address} on {address.interface}",
                self._kernel.add_address,
                links[address.interface].index,
                address.address,
                accept=(errno.EEXIST,),
            )
            self._addresses.add(address)

    def _delete_addresses(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> bool:
        gone = self._addresses - set(plan.addresses)
        for address in gone:
            if address.interface in links:
                self._try(
                    f"address {address.address} off {address.interface}",
                    self._kernel.delete_address,
                    links[address.interface].index,
                    address.address,
                    accept=_GONE,
                )
        self._addresses -= gone
        return bool(gone)

    # routes

    def _replace_routes(self, before: KernelPlan, plan: KernelPlan, links: Mapping[str, LinkState]) -> None:
        if self._unsure:
            self._reassert_routes(plan, links)
            return
        changed = set(plan.routes) - set(before.routes)
        self._put_routes(plan, changed, links)

    def _reassert_routes(self, plan: KernelPlan, links: Mapping[str, LinkState]) -> None:
        held = self._kernel.routes({state.index: name for name, state in links.items()})
        self._put_routes(plan, {r for r in plan.routes if held.get((r.table, r.dst)) != r}, links)

    def _put_routes(self, plan: KernelPlan, wanted: set[RoutePlan], links: Mapping[str, LinkState]) -> None:
        indexes = {name: state.index for name, state in links.items()}
        for route in plan.routes:  # in the plan's order: connected ones come first
            if route not in wanted:
                continue
            missing = [hop.interface for hop in route.hops if hop.interface not in indexes]
            if missing:
                self._problems.append(f"route {route.dst} table {route.table}: no interface {missing[0]}")
                continue
            self._try(
                f"route {route.dst} table {route.table}",
                self._kernel.replace_route,
                route,
                indexes,
            )

    def _delete_routes(self, before: KernelPlan, plan: KernelPlan) -> None:
        kept = {(route.table, route.dst) for route in plan.routes}
        held: Iterable[tuple[int, str]] = [(route.table, route.dst) for route in before.routes]
        if self._unsure:
            held = self._kernel.routes({})
        for table, dst in held:
            if (table, dst) not in kept:
                self._try(
                    f"route {dst} table {table}",
                    self._kernel.delete_route,
                    table,
                    dst,
                    accept=_GONE,
                )

    # rules

    def _apply_rules(self, before: KernelPlan, plan: KernelPlan) -> None:
        if plan.rules == before.rules and not self._unsure:
            return
        held = self._kernel.rules()
        present = {rule for rule, _protocol in held}
        for rule in plan.rules:
            if rule not in present:
                self._try(f"rule {rule.priority}", self._kernel.add_rule, rule)
        wanted = set(plan.rules)
        # only with the look-ups for local and main in place may the kernel's own go
        ours = {rule for rule, protocol in held if protocol == PROTOCOL}
        standard = {rule for rule, protocol in held if protocol == _KERNEL_PROTOCOL and rule.table in (254, 255)}
        replaced = {rule for rule in standard if any(rule.table == other.table for other in wanted)}
        for rule in sorted((ours | replaced) - wanted, key=lambda r: r.priority):
            self._delete_rule(rule)

    def _restore_rules(self) -> None:
        held = self._kernel.rules()
        present = {rule for rule, _protocol in held}
        for rule in (_LOCAL_FIRST, RulePlan(32766, 254)):
            if rule not in present:
                self._try("rule", self._kernel.add_rule, rule, _KERNEL_PROTOCOL)
        for rule, protocol in held:
            if protocol == PROTOCOL:
                self._delete_rule(rule)

    def _delete_rule(self, rule: RulePlan) -> None:
        self._try(f"rule {rule.priority}", self._kernel.delete_rule, rule, accept=_GONE)

    # connections

    def _purge(self, before: KernelPlan, plan: KernelPlan) -> None:
        """RouterOS forgets what it masqueraded when the address or its link goes (facts 3.1)."""
        for _interface, address in before.masquerade - plan.masquerade:
            self._try(f"connections of {address}", partial(self.connections.purge, interface_address=address))

    def _try(self, what: str, action: Callable[..., object], *arguments: object, accept: tuple[int, ...] = ()) -> None:
        try:
            action(*arguments)
        except OSError as refusal:
            if refusal.errno not in accept:
                self._problems.append(f"{what}: {refusal}")
        except RuntimeError as refusal:
            self._problems.append(f"{what}: {refusal}")


def _at(address: AddressPlan, links: Mapping[str, LinkState]) -> tuple[int, str]:
    return links[address.interface].index, address.address
