/* test-half-close.c -- who has sent all can still read the answer

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "core-helpers.h"

static void
the_end_comes_after_what_is_queued (void **state)
{
  enum { COUNT = 4000 };
  static char line[1000];
  int peer, few = 4096;
  struct stream *stream = stream_with_peer (&peer);

  setsockopt (stream->fd, SOL_SOCKET, SO_SNDBUF, &few, sizeof few);
  memset (line, 'x', sizeof line - 1);
  for (int i = 0; i < COUNT; i++)
    print_to (stream, line);
  stream_finish_output (stream);
  assert_true (stream_unsent (stream) > 0);     /* more than is taken */
  for (int i = 0; i < COUNT; i++)
    assert_peer_receives (peer, line);
  assert_peer_sees_end (peer);
  close_both (stream, peer);
  (void) state;
}

static void
reading_goes_on_to_the_peers_end (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  uint8_t bytes[10];

  watch (stream, INTEREST_READ);
  print_to (stream, "question");
  stream_finish_output (stream);
  assert_peer_receives (peer, "question");
  assert_peer_sees_end (peer);
  peer_send (peer, "answer");
  RUN_UNTIL (is_ready (&stream->source));
  assert_int_equal (stream_take (stream, bytes, sizeof bytes), 6);
  assert_memory_equal (bytes, "answer", 6);
  assert_false (stream->eof);
  close (peer);
  RUN_UNTIL (stream->eof);
  assert_int_equal (stream->error, 0);
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
a_finished_stream_sleeps_until_the_answer (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  stream_finish_output (stream);
  assert_peer_sees_end (peer);
  RUN_UNTIL (reactor_sleeps ());
  assert_false (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

static void
output_can_be_finished_after_the_peers_or_twice (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  print_to (stream, "answer");
  stream_finish_output (stream);
  stream_finish_output (stream);
  assert_peer_receives (peer, "answer");
  assert_peer_sees_end (peer);
  source_close (&reactor, &stream->source);
  assert_null (reactor.lingering);      /* both ends have ended */
  close (peer);
  (void) state;
}

static void
output_can_be_finished_while_connecting (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  print_to (stream, "question");
  stream_finish_output (stream);
  RUN_UNTIL (!stream->connecting);
  int peer = accept (listener, NULL, NULL);
  assert_int_equal (fcntl (peer, F_SETFL, O_NONBLOCK), 0);
  assert_peer_receives (peer, "question");
  assert_peer_sees_end (peer);
  close (listener);
  close_both (stream, peer);
  (void) state;
}

static void
a_broken_stream_can_be_finished (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  stream_fail (stream, -ECONNRESET);
  stream_finish_output (stream);
  assert_int_equal (stream->error, -ECONNRESET);
  close_both (stream, peer);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (the_end_comes_after_what_is_queued),
    CORE_TEST (reading_goes_on_to_the_peers_end),
    CORE_TEST (a_finished_stream_sleeps_until_the_answer),
    CORE_TEST (output_can_be_finished_after_the_peers_or_twice),
    CORE_TEST (output_can_be_finished_while_connecting),
    CORE_TEST (a_broken_stream_can_be_finished)
  };

  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
