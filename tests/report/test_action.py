# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that writes the report, in a play without any router."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLAY = """
- name: Report without a router
  hosts: all
  gather_facts: false
  tasks:
    - name: Nothing was read yet
      multiwan.routeros.fleet_report:
        folder: "{{ folder }}/early"
      run_once: true
      register: early
      ignore_errors: true

    - name: Two branches that could not be read
      multiwan.routeros.branch_state:
        unreadable: {ambon: no such file, bima: "<b>neither</b>"}
      run_once: true

    - name: In check mode
      multiwan.routeros.fleet_report:
        folder: "{{ folder }}/check"
      run_once: true
      register: checked
      check_mode: true

    - name: In earnest
      multiwan.routeros.fleet_report:
        folder: "{{ folder }}/real"
        title: Toko
        language: en
      run_once: true
      register: made

    - name: Where nothing can be written
      multiwan.routeros.fleet_report:
        folder: "{{ folder }}/real/report.html"
      run_once: true
      register: late
      ignore_errors: true

    - name: Keep what was said
      ansible.builtin.copy:
        content: "{{ [early, checked, made, late] | to_json }}"
        dest: "{{ folder }}/said.json"
        mode: "0644"
      run_once: true
      delegate_to: localhost
"""


def test_the_files_are_written_once_and_say_who_was_not_read(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    done = subprocess.run(
        ["ansible-playbook", "-i", "ambon,cirebon,", "-e", f"folder={tmp_path}", str(tmp_path / "play.yml")],
        cwd=tmp_path,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        text=True,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    early, checked, made, late = json.loads((tmp_path / "said.json").read_text(encoding="utf-8"))
    assert "branch_state comes first" in early["msg"]
    assert "can't be written" in late["msg"]
    assert not (tmp_path / "early").exists()
    assert not (tmp_path / "check").exists()
    assert not checked["changed"]
    assert (made["changed"], made["branches"], made["attention"]) == (False, 3, ["ambon", "bima", "cirebon"])
    assert "3 of 3 branches need attention" in done.stdout
    folder = tmp_path / "real"
    assert sorted(file.name for file in folder.iterdir()) == ["multiwan.prom", "report.html", "report.json"]
    told = {branch["name"]: branch for branch in json.loads((folder / "report.json").read_text("utf-8"))["branches"]}
    assert (told["ambon"]["reason"], told["ambon"]["error"]) == ("variables", "no such file")
    # A host of the play of which nobody kept a record is not forgotten.
    assert (told["cirebon"]["ok"], told["cirebon"]["reason"]) == (False, "other")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert '<title data-title="Toko"' in page
    assert "&lt;b&gt;neither&lt;/b&gt;" in page
    assert 'multiwan_branch_up{branch="ambon"} 0' in (folder / "multiwan.prom").read_text(encoding="utf-8")
