# SPDX-FileCopyrightText: 2026 the multiwan.routeros authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What test_notify.py asks, of RouterOS 6.49: all that its scripts say in other words. What they share, and what waits
for minutes, is asked of 7.22 alone."""

from __future__ import annotations

from tests.lab.product.test_notify import (  # noqa: F401
    branch,
    test_a_server_that_does_not_answer_in_time_gets_the_message_later,
    test_an_old_router_was_given_the_authority_and_keeps_no_file,
    test_any_text_arrives_as_it_was_written_with_its_time,
    test_runs_at_once_send_each_message_once,
    test_the_test_message_is_sent_as_a_real_one,
    test_what_is_refused_is_dropped_logged_and_not_repeated,
    test_what_the_server_could_not_take_is_sent_once_later,
)

VERSION = "6.49"
