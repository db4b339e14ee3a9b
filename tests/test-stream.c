/* test-stream.c -- a stream loses no byte and ends in a defined way

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "core-helpers.h"

#include <signal.h>
#include <sys/ioctl.h>

/* The byte at OFFSET of what is sent where order matters: no power of two
   is a multiple of its period.  */
static uint8_t
pattern (size_t offset)
{
  return 'a' + offset % 26;
}

static uint8_t *
pattern_bytes (size_t size)
{
  uint8_t *bytes = malloc (size);

  assert_non_null (bytes);
  for (size_t i = 0; i < size; i++)
    bytes[i] = pattern (i);
  return bytes;
}

static void
assert_pattern (const uint8_t *bytes, size_t size, size_t offset)
{
  for (size_t i = 0; i < size; i++)
    if (bytes[i] != pattern (offset + i))
      fail_msg ("byte %zu is wrong", offset + i);
}

static void
print_pattern_to (struct stream *stream, size_t size)
{
  uint8_t *bytes = pattern_bytes (size);

  assert_int_equal (buffer_append (&stream->output, bytes, size), 0);
  assert_int_equal (stream_wrote (stream), 0);
  free (bytes);
}

/* PEER takes SIZE bytes of the pattern, from OFFSET on.  */
static void
assert_peer_receives_pattern (int peer, size_t size, size_t offset)
{
  uint8_t bytes[16 * 1024];

  while (size > 0)
    {
      size_t most = size < sizeof bytes ? size : sizeof bytes;

      RUN_UNTIL (peer_has_input (peer));
      ssize_t count = recv (peer, bytes, most, 0);
      assert_true (count > 0);
      assert_pattern (bytes, count, offset);
      offset += count;
      size -= count;
    }
}

static enum frame_status
next_status (struct stream *stream)
{
  const uint8_t *bytes;
  size_t size;

  return stream_next_frame (stream, &bytes, &size);
}

/* The frame at the front is TEXT; drop it.  */
static void
assert_frame (struct stream *stream, const char *text)
{
  const uint8_t *bytes;
  size_t size;

  assert_int_equal (stream_next_frame (stream, &bytes, &size),
                    FRAME_COMPLETE);
  assert_int_equal (size, strlen (text));
  assert_memory_equal (bytes, text, size);
  stream_consume_frame (stream);
}

/* Send up to COUNT bytes of the pattern from OFFSET on; return how many
   the kernel took.  */
static size_t
peer_send_pattern (int peer, size_t count, size_t offset)
{
  uint8_t bytes[16 * 1024];

  if (count > sizeof bytes)
    count = sizeof bytes;
  for (size_t i = 0; i < count; i++)
    bytes[i] = pattern (offset + i);
  ssize_t taken = count == 0 ? 0 : send (peer, bytes, count, MSG_NOSIGNAL);
  assert_true (taken >= 0 || errno == EAGAIN);
  return taken < 0 ? 0 : taken;
}

/* Send from the SIZE pattern bytes, *SENT of which are gone, until the
   reactor moves no more of them.  */
static void
send_until_blocked (int peer, struct stream *stream, size_t size,
                    size_t *sent)
{
  size_t count, received;

  do
    {
      count = peer_send_pattern (peer, size - *sent, *sent);
      *sent += count;
      received = buffer_size (&stream->input);
      step ();
    }
  while (count > 0 || buffer_size (&stream->input) != received);
}

/* --- Input ------------------------------------------------------------- */

static void
a_frame_cut_at_every_byte_arrives_the_same (void **state)
{
  static const char whole[] = "(alice \"b)\\\"\" |c d| #\\) ('12))";
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  char first[sizeof whole];

  watch (stream, INTEREST_READ);
  for (size_t cut = 1; cut < strlen (whole); cut++)
    {
      memcpy (first, whole, cut);
      first[cut] = '\0';
      peer_send (peer, first);
      RUN_UNTIL (buffer_size (&stream->input) == cut);
      assert_true (is_ready (&stream->source));
      assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
      source_settle (&stream->source);
      assert_false (is_ready (&stream->source));
      peer_send (peer, whole + cut);
      RUN_UNTIL (buffer_size (&stream->input) == strlen (whole));
      assert_true (is_ready (&stream->source));
      assert_frame (stream, whole);
      source_settle (&stream->source);
      assert_false (is_ready (&stream->source));
    }
  close_both (stream, peer);
  (void) state;
}

static void
frames_that_come_together_are_taken_one_by_one (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, " (a)(b) \"c\"\n(d");
  RUN_UNTIL (buffer_size (&stream->input) == 14);
  assert_frame (stream, "(a)");
  assert_frame (stream, "(b)");
  assert_frame (stream, "\"c\"");
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  assert_false (stream_readable (stream));
  peer_send (peer, ")");
  RUN_UNTIL (stream_readable (stream));
  assert_frame (stream, "(d)");
  close_both (stream, peer);
  (void) state;
}

static void
bytes_received_before_a_reset_are_delivered_before_the_error (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  peer_send (peer, "(a)(b");
  peer_reset (peer);
  RUN_UNTIL (stream->error != 0);
  assert_int_equal (stream->error, -ECONNRESET);
  assert_frame (stream, "(a)");
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  source_settle (&stream->source);
  assert_true (is_ready (&stream->source));
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
they_are_even_if_we_find_the_reset_by_writing (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, "(bye)");
  peer_reset (peer);
  wait_for (stream->fd, 0);
  print_to (stream, "(too late)");
  RUN_UNTIL (stream->error != 0);
  assert_frame (stream, "(bye)");
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
a_reset_after_the_end_is_found_while_output_waits (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  print_pattern_to (stream, 20 * 1024 * 1024);
  reactor_flush (&reactor);
  assert_false (stream_writable (stream));
  peer_reset (peer);
  RUN_UNTIL (stream->error != 0);
  assert_int_equal (stream->error, -ECONNRESET);
  source_close (&reactor, &stream->source);
  (void) state;
}

/* Take all that comes until STREAM has ended; return how much.  */
static size_t
take_pattern_to_the_end (struct stream *stream)
{
  uint8_t bytes[4096];
  size_t count, sum = 0;

  do
    {
      RUN_UNTIL (stream_readable (stream));
      count = stream_take (stream, bytes, sizeof bytes);
      assert_pattern (bytes, count, sum);
      sum += count;
    }
  while (count > 0);
  return sum;
}

static void
they_are_even_if_there_was_no_room_for_them (void **state)
{
  int peer, in_kernel;
  size_t sent = 0;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, 1000);
  print_pattern_to (stream, 16 * 1024 * 1024);
  send_until_blocked (peer, stream, 16 * 1024 * 1024, &sent);
  assert_int_equal (buffer_size (&stream->input), IM_INPUT_BYTES);
  peer_reset (peer);
  wait_for (stream->fd, 0);
  assert_int_equal (ioctl (stream->fd, FIONREAD, &in_kernel), 0);
  assert_true (in_kernel > 0);
  watch (stream, INTEREST_WRITE);
  RUN_UNTIL (is_ready (&stream->source));
  assert_int_equal (take_pattern_to_the_end (stream),
                    IM_INPUT_BYTES + in_kernel);
  assert_int_equal (stream->error, -ECONNRESET);
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
an_end_after_half_a_frame_is_reported (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  peer_send (peer, "(a)(b");
  RUN_UNTIL (buffer_size (&stream->input) == 5);
  assert_frame (stream, "(a)");
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  source_settle (&stream->source);
  assert_false (is_ready (&stream->source));
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (is_ready (&stream->source));
  assert_true (stream->eof);
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  assert_true (stream_readable (stream));
  assert_int_equal (buffer_size (&stream->input), 2);
  close_both (stream, peer);
  (void) state;
}

static void
the_end_delimits_a_last_bare_atom (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, " bye");
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  assert_frame (stream, "bye");
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  assert_int_equal (buffer_size (&stream->input), 0);
  close_both (stream, peer);
  (void) state;
}

static void
after_its_end_a_peer_can_still_be_written_to (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, "(question)");
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  assert_frame (stream, "(question)");
  print_to (stream, "(answer)");
  assert_peer_receives (peer, "(answer)");
  assert_int_equal (stream->error, 0);
  close_both (stream, peer);
  (void) state;
}

static void
input_stops_being_read_at_the_limit_and_resumes (void **state)
{
  const size_t size = 16 * 1024 * 1024;
  int peer;
  uint8_t bytes[IM_INPUT_BYTES];
  size_t sent = 0, taken = 0;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, IM_SERVER_REQUEST_BYTES);
  send_until_blocked (peer, stream, size, &sent);
  assert_true (sent < size);
  while (taken < size)
    {
      assert_true (buffer_size (&stream->input) <= IM_INPUT_BYTES);
      assert_true (stream->input.block->capacity <= 4 * IM_INPUT_BYTES);
      RUN_UNTIL (stream_readable (stream));
      size_t count = stream_take (stream, bytes, sizeof bytes);
      assert_pattern (bytes, count, taken);
      taken += count;
      send_until_blocked (peer, stream, size, &sent);
    }
  assert_int_equal (taken, size);
  close_both (stream, peer);
  (void) state;
}

static void
a_full_input_does_not_keep_the_reactor_awake (void **state)
{
  int peer;
  size_t sent = 0;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, IM_SERVER_REQUEST_BYTES);
  send_until_blocked (peer, stream, 16 * 1024 * 1024, &sent);
  assert_int_equal (buffer_size (&stream->input), IM_INPUT_BYTES);
  RUN_UNTIL (reactor_sleeps ());
  close_both (stream, peer);
  (void) state;
}

static void
a_request_that_never_ends_is_refused_at_its_limit (void **state)
{
  int peer;
  size_t sent = 0;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, IM_SERVER_REQUEST_BYTES);
  while (next_status (stream) == FRAME_INCOMPLETE)
    {
      assert_true (buffer_size (&stream->input) < IM_SERVER_REQUEST_BYTES);
      send_until_blocked (peer, stream, sent + 10000, &sent);
    }
  assert_int_equal (next_status (stream), FRAME_TOO_LONG);
  assert_true (buffer_size (&stream->input) <= IM_SERVER_REQUEST_BYTES);
  assert_true (stream->input.block->capacity <= 96 * 1024);
  close_both (stream, peer);
  (void) state;
}

static void
a_smaller_limit_refuses_what_has_begun (void **state)
{
  int peer;
  size_t sent = 0;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  send_until_blocked (peer, stream, IM_INPUT_BYTES, &sent);
  RUN_UNTIL (buffer_size (&stream->input) == IM_INPUT_BYTES);
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  source_settle (&stream->source);
  stream_set_request_limit (stream, 1000);
  RUN_UNTIL (is_ready (&stream->source));
  assert_int_equal (next_status (stream), FRAME_TOO_LONG);
  close_both (stream, peer);
  (void) state;
}

static void
a_line_cut_at_every_byte_arrives_the_same (void **state)
{
  static const char whole[] = "<say to=\"bob\">(hi</say>\r\n";
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  const uint8_t *bytes;
  char first[sizeof whole];
  size_t size;

  for (size_t cut = 1; cut < strlen (whole); cut++)
    {
      memcpy (first, whole, cut);
      first[cut] = '\0';
      peer_send (peer, first);
      RUN_UNTIL (buffer_size (&stream->input) == cut);
      assert_int_equal (stream_next_line (stream, &bytes, &size),
                        FRAME_INCOMPLETE);
      assert_false (stream_readable (stream));
      peer_send (peer, whole + cut);
      RUN_UNTIL (buffer_size (&stream->input) == strlen (whole));
      assert_true (stream_readable (stream));
      assert_int_equal (stream_next_line (stream, &bytes, &size),
                        FRAME_COMPLETE);
      assert_int_equal (size, strlen (whole) - 1);
      assert_memory_equal (bytes, whole, size);
      stream_consume (stream, size + 1);
    }
  close_both (stream, peer);
  (void) state;
}

static void
a_line_is_looked_through_once (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  const uint8_t *bytes;
  uint8_t first;
  size_t size;

  for (unsigned sent = 1; sent < 10; sent++)
    {
      peer_send (peer, "x");
      RUN_UNTIL (buffer_size (&stream->input) == sent);
      assert_int_equal (stream->line_scanned, sent - 1);
      assert_int_equal (stream_next_line (stream, &bytes, &size),
                        FRAME_INCOMPLETE);
      assert_int_equal (stream->line_scanned, sent);
    }
  /* Unless the front is another one.  */
  assert_int_equal (stream_take (stream, &first, 1), 1);
  assert_int_equal (stream_untake (stream, (uint8_t *) "\n", 1), 0);
  assert_int_equal (stream_next_line (stream, &bytes, &size),
                    FRAME_COMPLETE);
  assert_int_equal (size, 0);
  close_both (stream, peer);
  (void) state;
}

static void
a_line_that_never_ends_is_refused_at_its_limit (void **state)
{
  int peer;
  size_t sent = 0, size;
  const uint8_t *bytes;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, IM_SERVER_REQUEST_BYTES);
  while (stream_next_line (stream, &bytes, &size) == FRAME_INCOMPLETE)
    {
      assert_true (buffer_size (&stream->input) < IM_SERVER_REQUEST_BYTES);
      send_until_blocked (peer, stream, sent + 10000, &sent);
    }
  assert_int_equal (stream_next_line (stream, &bytes, &size),
                    FRAME_TOO_LONG);
  assert_int_equal (buffer_size (&stream->input), IM_SERVER_REQUEST_BYTES);
  close_both (stream, peer);
  (void) state;
}

static void
white_space_between_requests_needs_no_memory (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  for (int i = 0; i < 1000; i++)
    {
      peer_send (peer, " \n\t  ");
      RUN_UNTIL (stream_readable (stream));
      assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
      assert_null (stream->input.block);
    }
  peer_send (peer, "(a)");
  RUN_UNTIL (stream_readable (stream));
  assert_frame (stream, "(a)");
  close_both (stream, peer);
  (void) state;
}

static void
what_is_given_back_is_read_first (void **state)
{
  int peer;
  uint8_t bytes[4];
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  peer_send (peer, "(abc)(d)");
  RUN_UNTIL (buffer_size (&stream->input) == 8);
  assert_int_equal (stream_take (stream, bytes, 4), 4);
  assert_memory_equal (bytes, "(abc", 4);
  assert_true (stream->lent);
  assert_int_equal (stream_untake (stream, bytes, 4), 0);
  assert_false (stream->lent);
  assert_frame (stream, "(abc)");
  assert_frame (stream, "(d)");
  source_settle (&stream->source);
  assert_int_equal (stream_take (stream, bytes, 4), 0);
  assert_int_equal (stream_untake (stream, bytes, 0), 0);
  assert_false (is_ready (&stream->source));
  assert_int_equal (stream_untake (stream, (uint8_t *) "(e)", 3), 0);
  assert_true (is_ready (&stream->source));
  assert_frame (stream, "(e)");
  close_both (stream, peer);
  (void) state;
}

static void
half_a_frame_can_be_read_byte_by_byte (void **state)
{
  int peer;
  uint8_t byte;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, "(ab");
  RUN_UNTIL (buffer_size (&stream->input) == 3);
  assert_int_equal (next_status (stream), FRAME_INCOMPLETE);
  assert_int_equal (stream_take (stream, &byte, 1), 1);
  assert_true (stream_readable (stream));
  close_both (stream, peer);
  (void) state;
}

/* --- Turns ------------------------------------------------------------- */

/* Requests that a handler takes in the turn that begins now.  */
static int
take_turn (struct stream *stream)
{
  int count = 0;

  assert_ptr_equal (reactor_next (&reactor), &stream->source);
  do
    {
      assert_frame (stream, "(a)");
      count++;
    }
  while (stream_turn_continues (stream));
  source_settle (&stream->source);
  return count;
}

static void
a_turn_ends_after_64_requests (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  for (int i = 0; i < 130; i++)
    peer_send (peer, "(a)");
  RUN_UNTIL (buffer_size (&stream->input) == 390);
  assert_int_equal (IM_TURN_REQUESTS, 64);
  assert_int_equal (take_turn (stream), 64);
  assert_true (is_ready (&stream->source));
  assert_int_equal (take_turn (stream), 64);
  assert_true (is_ready (&stream->source));
  assert_int_equal (take_turn (stream), 2);
  assert_false (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

static void
a_turn_ends_after_64_KiB (void **state)
{
  int peer;
  uint8_t bytes[1000];
  size_t sent = 0, taken = 0;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  send_until_blocked (peer, stream, 200000, &sent);
  RUN_UNTIL (buffer_size (&stream->input) == 200000);
  assert_ptr_equal (reactor_next (&reactor), &stream->source);
  do
    taken += stream_take (stream, bytes, sizeof bytes);
  while (stream_turn_continues (stream));
  assert_int_equal (taken, 66000);
  source_settle (&stream->source);
  assert_true (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

static void
a_turn_continues_only_with_progress (void **state)
{
  int peer;
  uint8_t byte;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  peer_send (peer, "abc");
  RUN_UNTIL (buffer_size (&stream->input) == 3);
  reactor_next (&reactor);
  assert_false (stream_turn_continues (stream));
  reactor_next (&reactor);
  assert_int_equal (stream_take (stream, &byte, 1), 1);
  assert_true (stream_turn_continues (stream));
  assert_false (stream_turn_continues (stream));
  source_settle (&stream->source);
  assert_true (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

/* --- Output ------------------------------------------------------------ */

static void
output_is_sent_once_per_flush (void **state)
{
  int pair[2];
  char bytes[100];
  struct stream *stream;

  /* Each packet is what one call sent.  */
  assert_int_equal (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
                                pair), 0);
  assert_int_equal (stream_new (&reactor, pair[0], &stream), 0);
  for (int round = 0; round < 3; round++)
    {
      print_to (stream, "(a)");
      print_to (stream, "(b)");
      print_to (stream, "(c)");
      assert_int_equal (stream_unsent (stream), 9);
      reactor_run (&reactor, 0);
      assert_false (peer_has_input (pair[1]));
      reactor_flush (&reactor);
      assert_int_equal (recv (pair[1], bytes, sizeof bytes, 0), 9);
      assert_memory_equal (bytes, "(a)(b)(c)", 9);
      assert_false (peer_has_input (pair[1]));
      assert_int_equal (stream_unsent (stream), 0);
    }
  close_both (stream, pair[1]);
  (void) state;
}

static void
a_flush_reaches_every_stream_that_has_output (void **state)
{
  int peers[5];
  struct stream *streams[5];

  for (int i = 0; i < 5; i++)
    streams[i] = stream_with_peer (&peers[i]);
  for (int i = 0; i < 5; i++)
    print_to (streams[i], "(a)");
  /* One is closed and one broken, in the middle of the list.  */
  stream_fail (streams[2], -ECONNRESET);
  source_close (&reactor, &streams[3]->source);
  reactor_flush (&reactor);
  assert_null (reactor.unflushed);
  for (int i = 0; i < 5; i++)
    if (i != 2)
      assert_peer_receives (peers[i], "(a)");
  for (int i = 0; i < 5; i++)
    if (i != 3)
      close_both (streams[i], peers[i]);
  close (peers[3]);
  (void) state;
}

static void
partial_writes_go_on_when_the_peer_reads (void **state)
{
  const size_t size = 20 * 1024 * 1024;
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_pattern_to (stream, size);
  watch (stream, INTEREST_WRITE);
  reactor_flush (&reactor);
  assert_in_range (stream_unsent (stream), 1, size - 1);
  assert_false (stream_writable (stream));
  assert_false (is_ready (&stream->source));
  assert_peer_receives_pattern (peer, size, 0);
  RUN_UNTIL (is_ready (&stream->source));
  assert_true (stream_writable (stream));
  assert_int_equal (stream_unsent (stream), 0);
  assert_null (stream->output.block);
  close_both (stream, peer);
  (void) state;
}

static void
a_peer_that_does_not_read_keeps_nobody_awake (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_pattern_to (stream, 20 * 1024 * 1024);
  RUN_UNTIL (reactor_sleeps ());
  close_both (stream, peer);
  (void) state;
}

static void
more_output_than_the_limit_breaks_the_stream (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  stream->output_limit = 1000;
  peer_send (peer, "(a)");
  RUN_UNTIL (buffer_size (&stream->input) == 3);
  print_pattern_to (stream, 1000);
  assert_int_equal (buffer_append (&stream->output, "x", 1), 0);
  assert_int_equal (stream_wrote (stream), -ENOBUFS);
  assert_int_equal (stream->error, -ENOBUFS);
  assert_null (stream->output.block);
  assert_true (stream_writable (stream));
  assert_frame (stream, "(a)");
  source_settle (&stream->source);
  assert_true (is_ready (&stream->source));
  reactor_flush (&reactor);
  assert_false (peer_has_input (peer));
  close_both (stream, peer);
  (void) state;
}

static struct shared_bytes *
share (const char *text)
{
  struct shared_bytes *shared
    = shared_bytes_new ((const uint8_t *) text, strlen (text));

  assert_non_null (shared);
  return shared;
}

static void
send_latest (struct stream *stream, const char *head,
             struct shared_bytes *tail)
{
  assert_int_equal (stream_send_latest (stream, (const uint8_t *) head,
                                        strlen (head), tail), 0);
}

static void
a_latest_replaces_an_unsent_one_and_goes_out_last (void **state)
{
  const size_t size = 20 * 1024 * 1024;
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  struct shared_bytes *old = share ("old)"), *new = share ("new)");

  print_pattern_to (stream, size);
  reactor_flush (&reactor);
  send_latest (stream, "(bob ", old);
  step ();
  assert_int_equal (old->references, 2);
  send_latest (stream, "(alice ", new);
  assert_int_equal (old->references, 1);
  print_to (stream, "(in between)");
  assert_peer_receives_pattern (peer, size, 0);
  assert_peer_receives (peer, "(in between)(alice new)");
  RUN_UNTIL (stream_writable (stream));
  assert_int_equal (new->references, 1);
  assert_false (peer_has_input (peer));
  send_latest (stream, "(bob ", old);
  print_to (stream, "(first)");
  assert_peer_receives (peer, "(first)(bob old)");
  shared_bytes_release (old);
  shared_bytes_release (new);
  close_both (stream, peer);
  (void) state;
}

static void
a_latest_that_waits_is_unsent_output (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  struct shared_bytes *tail = share ("b)");

  send_latest (stream, "(a ", tail);
  shared_bytes_release (tail);
  assert_int_equal (stream_unsent (stream), 5);
  assert_false (stream_writable (stream));
  assert_true (stream_any_unsent (&reactor));
  reactor_flush (&reactor);
  assert_int_equal (stream_unsent (stream), 0);
  assert_false (stream_any_unsent (&reactor));
  assert_peer_receives (peer, "(a b)");
  close_both (stream, peer);
  (void) state;
}

static void
a_shared_tail_is_freed_with_its_last_use (void **state)
{
  int peers[4];
  struct stream *streams[4];
  struct shared_bytes *tail = share ("tail)");

  for (int i = 0; i < 4; i++)
    {
      streams[i] = stream_with_peer (&peers[i]);
      send_latest (streams[i], "(a ", tail);
    }
  assert_int_equal (tail->references, 5);
  stream_fail (streams[0], -ECONNRESET);
  assert_int_equal (tail->references, 4);
  close_both (streams[1], peers[1]);
  assert_int_equal (tail->references, 3);
  shared_bytes_release (tail);  /* AddressSanitizer looks at the rest */
  assert_peer_receives (peers[2], "(a tail)");
  assert_peer_receives (peers[3], "(a tail)");
  close_both (streams[0], peers[0]);
  close_both (streams[2], peers[2]);
  close_both (streams[3], peers[3]);
  (void) state;
}

static void
a_write_to_a_closed_peer_is_an_error_and_no_signal (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  signal (SIGPIPE, SIG_DFL);
  watch (stream, INTEREST_READ);
  close (peer);
  RUN_UNTIL (stream->eof);
  print_to (stream, "(a)");
  reactor_flush (&reactor);     /* answered by a reset */
  wait_for (stream->fd, 0);
  print_to (stream, "(b)");
  RUN_UNTIL (stream->error != 0);
  assert_true (stream->error == -EPIPE || stream->error == -ECONNRESET);
  assert_true (is_ready (&stream->source));
  assert_true (stream_writable (stream));
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
a_broken_stream_keeps_no_output (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  struct shared_bytes *tail = share ("b)");

  stream_fail (stream, -ECONNRESET);
  assert_int_equal (buffer_append (&stream->output, "(a)", 3), 0);
  stream_wrote (stream);
  stream_send_latest (stream, (const uint8_t *) "(a ", 3, tail);
  reactor_flush (&reactor);
  assert_int_equal (stream_unsent (stream), 0);
  assert_false (stream_any_unsent (&reactor));
  assert_int_equal (tail->references, 1);
  assert_int_equal (stream->error, -ECONNRESET);
  shared_bytes_release (tail);
  close_both (stream, peer);
  (void) state;
}

/* --- Beginning --------------------------------------------------------- */

static void
a_connection_has_two_ends (void **state)
{
  struct sockaddr_storage address, ours, theirs;
  socklen_t length = sizeof theirs;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  watch (stream, INTEREST_READ | INTEREST_WRITE);
  assert_false (is_ready (&stream->source));
  print_to (stream, "(early)");
  RUN_UNTIL (is_ready (&stream->source));
  assert_false (stream->connecting);
  assert_int_equal (stream->error, 0);
  int peer = accept (listener, (struct sockaddr *) &theirs, &length);
  assert_int_equal (stream_address (stream, true, &ours), 0);
  assert_memory_equal (&ours, &address, address_length (&address));
  assert_int_equal (stream_address (stream, false, &ours), 0);
  assert_memory_equal (&ours, &theirs, address_length (&ours));
  assert_peer_receives (peer, "(early)");
  close (listener);
  close_both (stream, peer);
  (void) state;
}

static void
a_refused_connection_is_reported (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int taken = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  watch (stream, INTEREST_READ);
  RUN_UNTIL (is_ready (&stream->source));
  assert_false (stream->connecting);
  assert_int_equal (stream->error, -ECONNREFUSED);
  source_close (&reactor, &stream->source);
  close (taken);
  (void) state;
}

static void
a_reset_while_connecting_is_reported (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  watch (stream, INTEREST_READ);
  wait_for (listener, POLLIN);
  peer_reset (accept (listener, NULL, NULL));
  RUN_UNTIL (is_ready (&stream->source) && stream->error != 0);
  assert_false (stream->connecting);
  assert_int_equal (stream->error, -ECONNRESET);
  source_close (&reactor, &stream->source);
  close (listener);
  (void) state;
}

static void
a_stream_closed_while_it_connects_is_gone (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  source_close (&reactor, &stream->source);
  assert_null (reactor.lingering);
  close (listener);
  (void) state;
}

static void
what_was_printed_while_connecting_is_sent_after_a_close (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  assert_int_equal (stream_connect (&reactor, &address, &stream), 0);
  print_to (stream, "(bye)");
  source_close (&reactor, &stream->source);
  wait_for (listener, POLLIN);
  int peer = accept (listener, NULL, NULL);
  assert_peer_receives (peer, "(bye)");
  assert_peer_sees_end (peer);
  close (peer);
  close (listener);
  (void) state;
}

static void
what_cannot_be_a_stream_is_closed (void **state)
{
  struct stream *stream;
  FILE *file = tmpfile ();

  assert_non_null (file);
  int fd = fcntl (fileno (file), F_DUPFD_CLOEXEC, 0);
  fclose (file);
  assert_int_equal (stream_new (&reactor, fd, &stream), -EPERM);
  assert_int_equal (fcntl (fd, F_GETFD), -1);
  (void) state;
}

/* --- Ending ------------------------------------------------------------ */

static void
a_closed_stream_says_farewell_and_waits_for_the_peers_end (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_to (stream, "(bye)");
  source_close (&reactor, &stream->source);
  assert_peer_receives (peer, "(bye)");
  assert_peer_sees_end (peer);
  for (int i = 0; i < 10; i++)
    {
      peer_send (peer, "(still here)");
      step ();
    }
  assert_ptr_equal (reactor.lingering, stream);
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (reactor.lingering == NULL);
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

static void
a_farewell_does_not_wait_for_the_reactor (void **state)
{
  for (int silent = 0; silent < 2; silent++)
    {
      int peer;
      struct stream *stream = stream_with_peer (&peer);

      if (!silent)
        print_to (stream, "(bye)");
      source_close (&reactor, &stream->source);
      wait_for (peer, POLLIN);
      if (!silent)
        assert_peer_receives (peer, "(bye)");
      assert_peer_sees_end (peer);
      assert_ptr_equal (reactor.lingering, stream);
      close (peer);
      RUN_UNTIL (reactor.lingering == NULL);
    }
  (void) state;
}

static void
a_long_farewell_is_sent_as_the_peer_reads (void **state)
{
  const size_t size = 1024 * 1024;
  int peer, few_bytes = 4096;
  struct stream *stream = stream_with_peer (&peer);

  assert_int_equal (setsockopt (stream->fd, SOL_SOCKET, SO_SNDBUF,
                                &few_bytes, sizeof few_bytes), 0);
  print_pattern_to (stream, size);
  source_close (&reactor, &stream->source);
  assert_true (stream_any_unsent (&reactor));
  assert_peer_receives_pattern (peer, size, 0);
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

static void
the_farewell_is_sent_though_the_peer_ended_before (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  print_to (stream, "(bye)");
  source_close (&reactor, &stream->source);
  assert_null (reactor.lingering);
  assert_peer_receives (peer, "(bye)");
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

static void
a_silent_peer_is_given_up_at_the_deadline (void **state)
{
  int silent, stuck;
  struct stream *first = stream_with_peer (&silent);
  struct stream *second = stream_with_peer (&stuck);

  print_pattern_to (second, 20 * 1024 * 1024);
  uint64_t start = now_ms ();
  source_close (&reactor, &first->source);
  source_close (&reactor, &second->source);
  RUN_UNTIL (reactor.lingering == NULL);
  assert_in_range (now_ms () - start, IM_LINGER_MS - 1, DEADLINE_MS);
  assert_false (uv_is_active ((uv_handle_t *) &reactor.linger));
  close (silent);
  close (stuck);
  (void) state;
}

static void
the_farewell_goes_on_though_the_peer_ends_meanwhile (void **state)
{
  const size_t size = 20 * 1024 * 1024;
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_pattern_to (stream, size);
  source_close (&reactor, &stream->source);
  assert_true (stream_any_unsent (&reactor));
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (stream->eof);
  assert_ptr_equal (reactor.lingering, stream);
  assert_peer_receives_pattern (peer, size, 0);
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

static void
closing_with_unread_input_does_not_reset_the_peer (void **state)
{
  for (int seen = 0; seen < 2; seen++)
    {
      int peer;
      struct stream *stream = stream_with_peer (&peer);

      peer_send (peer, "(you never read this)");
      if (seen)
        RUN_UNTIL (stream_readable (stream));
      print_to (stream, "(bye)");
      source_close (&reactor, &stream->source);
      peer_send (peer, "(nor this)");
      assert_peer_receives (peer, "(bye)");
      assert_peer_sees_end (peer);
      shutdown (peer, SHUT_WR);
      RUN_UNTIL (reactor.lingering == NULL);
      assert_peer_sees_end (peer);
      close (peer);
    }
  (void) state;
}

static void
closing_with_a_full_input_does_not_reset_the_peer (void **state)
{
  int peer;
  size_t sent = 0;
  struct stream *stream = stream_with_peer (&peer);

  stream_set_request_limit (stream, IM_SERVER_REQUEST_BYTES);
  send_until_blocked (peer, stream, 16 * 1024 * 1024, &sent);
  print_to (stream, "(bye)");
  source_close (&reactor, &stream->source);
  assert_peer_receives (peer, "(bye)");
  assert_peer_sees_end (peer);
  shutdown (peer, SHUT_WR);
  RUN_UNTIL (reactor.lingering == NULL);
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

static void
a_peer_that_resets_ends_the_farewell (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_pattern_to (stream, 20 * 1024 * 1024);
  source_close (&reactor, &stream->source);
  step ();
  peer_reset (peer);
  uint64_t start = now_ms ();
  RUN_UNTIL (reactor.lingering == NULL);
  assert_true (now_ms () - start < IM_LINGER_MS);
  (void) state;
}

static void
a_broken_stream_is_gone_when_closed (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  watch (stream, INTEREST_READ);
  stream_fail (stream, -ECONNRESET);
  assert_true (is_ready (&stream->source));
  source_close (&reactor, &stream->source);
  assert_int_equal (reactor_ready_count (&reactor), 0);
  assert_null (reactor.lingering);
  close (peer);
  (void) state;
}

static const struct CMUnitTest tests[] =
{
  CORE_TEST (a_frame_cut_at_every_byte_arrives_the_same),
  CORE_TEST (frames_that_come_together_are_taken_one_by_one),
  CORE_TEST (bytes_received_before_a_reset_are_delivered_before_the_error),
  CORE_TEST (they_are_even_if_we_find_the_reset_by_writing),
  CORE_TEST (they_are_even_if_there_was_no_room_for_them),
  CORE_TEST (a_reset_after_the_end_is_found_while_output_waits),
  CORE_TEST (an_end_after_half_a_frame_is_reported),
  CORE_TEST (the_end_delimits_a_last_bare_atom),
  CORE_TEST (after_its_end_a_peer_can_still_be_written_to),
  CORE_TEST (input_stops_being_read_at_the_limit_and_resumes),
  CORE_TEST (a_full_input_does_not_keep_the_reactor_awake),
  CORE_TEST (a_request_that_never_ends_is_refused_at_its_limit),
  CORE_TEST (a_smaller_limit_refuses_what_has_begun),
  CORE_TEST (a_line_cut_at_every_byte_arrives_the_same),
  CORE_TEST (a_line_is_looked_through_once),
  CORE_TEST (a_line_that_never_ends_is_refused_at_its_limit),
  CORE_TEST (white_space_between_requests_needs_no_memory),
  CORE_TEST (what_is_given_back_is_read_first),
  CORE_TEST (half_a_frame_can_be_read_byte_by_byte),
  CORE_TEST (a_turn_ends_after_64_requests),
  CORE_TEST (a_turn_ends_after_64_KiB),
  CORE_TEST (a_turn_continues_only_with_progress),
  CORE_TEST (output_is_sent_once_per_flush),
  CORE_TEST (a_flush_reaches_every_stream_that_has_output),
  CORE_TEST (partial_writes_go_on_when_the_peer_reads),
  CORE_TEST (a_peer_that_does_not_read_keeps_nobody_awake),
  CORE_TEST (more_output_than_the_limit_breaks_the_stream),
  CORE_TEST (a_latest_replaces_an_unsent_one_and_goes_out_last),
  CORE_TEST (a_latest_that_waits_is_unsent_output),
  CORE_TEST (a_shared_tail_is_freed_with_its_last_use),
  CORE_TEST (a_write_to_a_closed_peer_is_an_error_and_no_signal),
  CORE_TEST (a_broken_stream_keeps_no_output),
  CORE_TEST (a_connection_has_two_ends),
  CORE_TEST (a_refused_connection_is_reported),
  CORE_TEST (a_reset_while_connecting_is_reported),
  CORE_TEST (a_stream_closed_while_it_connects_is_gone),
  CORE_TEST (what_was_printed_while_connecting_is_sent_after_a_close),
  CORE_TEST (what_cannot_be_a_stream_is_closed),
  CORE_TEST (a_closed_stream_says_farewell_and_waits_for_the_peers_end),
  CORE_TEST (a_farewell_does_not_wait_for_the_reactor),
  CORE_TEST (a_long_farewell_is_sent_as_the_peer_reads),
  CORE_TEST (the_farewell_is_sent_though_the_peer_ended_before),
  CORE_TEST (a_silent_peer_is_given_up_at_the_deadline),
  CORE_TEST (the_farewell_goes_on_though_the_peer_ends_meanwhile),
  CORE_TEST (closing_with_unread_input_does_not_reset_the_peer),
  CORE_TEST (closing_with_a_full_input_does_not_reset_the_peer),
  CORE_TEST (a_peer_that_resets_ends_the_farewell),
  CORE_TEST (a_broken_stream_is_gone_when_closed)
};

int
main (void)
{
  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
