/* test-rate.c -- who sends too much waits, and loses nothing

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "core-helpers.h"

#include "../src/stream-life.h"

/* Take what is there, at most MOST requests.  Return how many.  */
static int
take_requests (struct stream *stream, int most)
{
  const uint8_t *bytes;
  size_t size;
  int count = 0;

  while (count < most
         && stream_next_frame (stream, &bytes, &size) == FRAME_COMPLETE)
    {
      stream_consume_frame (stream);
      count++;
    }
  return count;
}

static struct stream *
limited_stream (int *peer, uint32_t rate, uint32_t burst)
{
  struct stream *stream = stream_with_peer (peer);

  stream_set_rate (stream, rate, burst);
  watch (stream, INTEREST_READ);
  peer_send (*peer, "(a)(b)(c)(d)(e)(f)");
  RUN_UNTIL (buffer_size (&stream->input) == 18);
  return stream;
}

static void
without_a_rate_nobody_waits (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 0, 1);

  assert_int_equal (take_requests (stream, 10), 6);
  assert_false (stream_paused (stream));
  close_both (stream, peer);
  (void) state;
}

static void
past_the_burst_a_stream_is_not_ready (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 1, 3);

  /* The request that is one too many has been taken already.  */
  assert_int_equal (take_requests (stream, 10), 4);
  assert_true (stream_paused (stream));
  assert_false (stream_readable (stream));
  assert_int_equal (buffer_size (&stream->input), 6);
  close_both (stream, peer);
  (void) state;
}

static void
a_paused_stream_does_not_read_from_its_peer (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 1, 3);

  take_requests (stream, 10);
  peer_send (peer, "(g)");
  for (int i = 0; i < 10; i++)
    step ();
  assert_int_equal (buffer_size (&stream->input), 6);
  close_both (stream, peer);
  (void) state;
}

static void
after_a_while_it_goes_on_where_it_was (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 50, 2);

  assert_int_equal (take_requests (stream, 10), 3);
  source_settle (&stream->source);
  RUN_UNTIL (is_ready (&stream->source));
  assert_memory_equal (buffer_bytes (&stream->input), "(d)", 3);
  RUN_UNTIL (take_requests (stream, 10) > 0
             && buffer_size (&stream->input) == 0);
  close_both (stream, peer);
  (void) state;
}

static void
who_breaks_off_while_paused_is_seen (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 5, 3);

  take_requests (stream, 10);
  assert_true (stream_paused (stream));
  peer_reset (peer);
  RUN_UNTIL (stream->error != 0);
  assert_true (stream_readable (stream));
  assert_int_equal (take_requests (stream, 10), 2);
  source_close (&reactor, &stream->source);
  (void) state;
}

static void
lines_wait_as_requests_do (void **state)
{
  int peer;
  struct stream *stream = limited_stream (&peer, 50, 2);
  const uint8_t *bytes;
  size_t size;

  peer_send (peer, "\n");
  RUN_UNTIL (buffer_size (&stream->input) == 19);
  assert_int_equal (take_requests (stream, 10), 3);
  assert_int_equal (stream_next_line (stream, &bytes, &size),
                    FRAME_INCOMPLETE);
  RUN_UNTIL (stream_next_line (stream, &bytes, &size) == FRAME_COMPLETE);
  assert_int_equal (size, 9);
  assert_memory_equal (bytes, "(d)(e)(f)", size);
  close_both (stream, peer);
  (void) state;
}

static void
several_are_paused_and_closed_in_any_order (void **state)
{
  struct stream *streams[3];
  int peers[3];

  for (int i = 0; i < 3; i++)
    {
      streams[i] = limited_stream (&peers[i], 1, 1);
      take_requests (streams[i], 10);
      assert_true (stream_paused (streams[i]));
    }
  close_both (streams[1], peers[1]);
  close_both (streams[2], peers[2]);
  assert_ptr_equal (reactor.paused, streams[0]);
  close_both (streams[0], peers[0]);
  assert_null (reactor.paused);
  RUN_UNTIL (!uv_is_active ((uv_handle_t *) &reactor.rate));
  (void) state;
}

/* --- Floods without a rate --------------------------------------------- */

enum { FLOOD = (IM_FLOOD_TURNS + 8) * IM_TURN_REQUESTS };

/* A stream that has more turns of requests waiting than it may use up.  */
static struct stream *
flooded_stream (int *peer)
{
  struct stream *stream = stream_with_peer (peer);

  watch (stream, INTEREST_READ);
  for (int i = 0; i < FLOOD; i++)
    peer_send (*peer, "(a)");
  RUN_UNTIL (buffer_size (&stream->input) == 3 * FLOOD);
  return stream;
}

/* Let STREAM have a turn.  Return how many requests it took.  */
static int
have_turn (struct stream *stream)
{
  int count = 0;

  assert_true (is_ready (&stream->source));
  while (reactor_next (&reactor) != &stream->source)
    ;
  do
    count += take_requests (stream, 1);
  while (stream_turn_continues (stream));
  source_settle (&stream->source);
  return count;
}

/* Wait until what others have said is long ago.  */
static void
forget_others (void)
{
  uint64_t then = uv_now (&reactor.loop) + IM_FLOOD_MEMORY_MS;

  RUN_UNTIL (uv_now (&reactor.loop) > then);
}

/* Let another stream say the one thing it has to say.  */
static void
say_little (struct stream *stream, int peer)
{
  peer_send (peer, "(a)");
  RUN_UNTIL (is_ready (&stream->source));
  assert_int_equal (have_turn (stream), 1);
}

static void
a_flood_beside_others_rests_after_each_turn (void **state)
{
  int eve, ann;
  struct stream *flood = flooded_stream (&eve);
  struct stream *other = stream_with_peer (&ann);

  watch (other, INTEREST_READ);
  for (int turn = 1; turn < IM_FLOOD_TURNS; turn++)
    {
      assert_int_equal (have_turn (flood), IM_TURN_REQUESTS);
      assert_false (stream_paused (flood));
      say_little (other, ann);
    }
  for (int turn = 0; turn < 2; turn++)
    {
      say_little (other, ann);
      assert_int_equal (have_turn (flood), IM_TURN_REQUESTS);
      assert_true (stream_paused (flood));
      assert_false (is_ready (&flood->source));
      assert_false (stream_wants_input (flood));
      RUN_UNTIL (is_ready (&flood->source));
      assert_true (uv_now (&reactor.loop) * 1000 >= flood->paused_until_us);
    }
  close_both (flood, eve);
  close_both (other, ann);
  (void) state;
}

static void
a_flood_with_nobody_else_there_never_rests (void **state)
{
  int eve;
  struct stream *flood = flooded_stream (&eve);

  forget_others ();
  for (int turn = 0; turn < FLOOD / IM_TURN_REQUESTS; turn++)
    {
      assert_int_equal (have_turn (flood), IM_TURN_REQUESTS);
      assert_false (stream_paused (flood));
    }
  close_both (flood, eve);
  (void) state;
}

static void
floods_among_themselves_never_rest (void **state)
{
  int peers[2];
  struct stream *floods[2];

  for (int i = 0; i < 2; i++)
    floods[i] = flooded_stream (&peers[i]);
  forget_others ();
  for (int turn = 1; turn < FLOOD / IM_TURN_REQUESTS; turn++)
    for (int i = 0; i < 2; i++)
      {
        assert_int_equal (have_turn (floods[i]), IM_TURN_REQUESTS);
        assert_false (stream_paused (floods[i]));
      }
  for (int i = 0; i < 2; i++)
    close_both (floods[i], peers[i]);
  (void) state;
}

static void
who_runs_dry_between_full_turns_is_no_flood (void **state)
{
  int bob, ann;
  struct stream *stream = stream_with_peer (&bob);
  struct stream *other = stream_with_peer (&ann);

  watch (stream, INTEREST_READ);
  watch (other, INTEREST_READ);
  for (int i = 0; i < 2 * IM_FLOOD_TURNS; i++)
    {
      for (int j = 0; j <= IM_TURN_REQUESTS; j++)
        peer_send (bob, "(a)");
      RUN_UNTIL (buffer_size (&stream->input) == 3 * (IM_TURN_REQUESTS + 1));
      assert_int_equal (have_turn (stream), IM_TURN_REQUESTS);
      say_little (other, ann);
      assert_int_equal (have_turn (stream), 1);
      assert_false (stream_paused (stream));
    }
  close_both (stream, bob);
  close_both (other, ann);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] = {
    CORE_TEST (without_a_rate_nobody_waits),
    CORE_TEST (past_the_burst_a_stream_is_not_ready),
    CORE_TEST (a_paused_stream_does_not_read_from_its_peer),
    CORE_TEST (after_a_while_it_goes_on_where_it_was),
    CORE_TEST (who_breaks_off_while_paused_is_seen),
    CORE_TEST (lines_wait_as_requests_do),
    CORE_TEST (several_are_paused_and_closed_in_any_order),
    CORE_TEST (a_flood_beside_others_rests_after_each_turn),
    CORE_TEST (a_flood_with_nobody_else_there_never_rests),
    CORE_TEST (floods_among_themselves_never_rest),
    CORE_TEST (who_runs_dry_between_full_turns_is_no_flood),
  };

  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
