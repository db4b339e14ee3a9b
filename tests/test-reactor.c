/* test-reactor.c -- what is ready is found, in order, and never forgotten

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "core-helpers.h"

#include "descriptor.h"
#include "lookup.h"
#include "timer.h"

/* A timer that somebody waits for.  */
static struct timer *
watched_timer (uint64_t delay_ms)
{
  struct timer *timer = timer_new (&reactor, delay_ms);

  assert_non_null (timer);
  source_set_interest (&reactor, &timer->source, INTEREST_READ);
  return timer;
}

static void
close_source (void *source)
{
  source_close (&reactor, source);
}

/* Until the timer that looks after closed streams is off.  */
static void
wait_for_no_linger (void)
{
  RUN_UNTIL (!uv_is_active ((uv_handle_t *) &reactor.linger));
}

/* A descriptor over the end of a pipe that is read; *INPUT is the other.  */
static struct descriptor *
descriptor_of_pipe (int *input)
{
  struct descriptor *descriptor;
  int ends[2];

  assert_int_equal (pipe (ends), 0);
  assert_int_equal (descriptor_new (&reactor, ends[0], &descriptor), 0);
  *input = ends[1];
  return descriptor;
}

static void
put_byte (int fd)
{
  assert_int_equal (write (fd, "x", 1), 1);
}

static void
get_byte (struct descriptor *descriptor)
{
  char byte;

  assert_int_equal (read (descriptor->fd, &byte, 1), 1);
}

/* --- The ready queue --------------------------------------------------- */

static void
sources_are_taken_in_turn (void **state)
{
  struct timer *timers[3];

  for (int i = 0; i < 3; i++)
    timers[i] = watched_timer (0);
  assert_null (reactor_next (&reactor));
  RUN_UNTIL (reactor_ready_count (&reactor) == 3);
  for (int i = 0; i < 9; i++)
    assert_ptr_equal (reactor_next (&reactor), timers[i % 3]);
  for (int i = 0; i < 3; i++)
    close_source (timers[i]);
  assert_null (reactor_next (&reactor));
  (void) state;
}

static void
the_queue_may_change_anywhere (void **state)
{
  struct timer *timers[5];

  for (int i = 0; i < 5; i++)
    timers[i] = watched_timer (0);
  RUN_UNTIL (reactor_ready_count (&reactor) == 5);
  close_source (timers[2]);
  close_source (timers[4]);
  source_unlink (&timers[0]->source);
  source_unlink (&timers[0]->source);
  assert_int_equal (reactor_ready_count (&reactor), 2);
  source_is_ready (&reactor, &timers[0]->source);
  source_is_ready (&reactor, &timers[0]->source);
  assert_ptr_equal (reactor_next (&reactor), timers[1]);
  close_source (timers[1]);
  assert_ptr_equal (reactor_next (&reactor), timers[3]);
  assert_ptr_equal (reactor_next (&reactor), timers[0]);
  assert_ptr_equal (reactor_next (&reactor), timers[3]);
  close_source (timers[0]);
  close_source (timers[3]);
  (void) state;
}

static void
what_nobody_waits_for_is_never_queued (void **state)
{
  struct timer *timer = timer_new (&reactor, 0);

  RUN_UNTIL (timer->fired);
  assert_int_equal (reactor_ready_count (&reactor), 0);
  source_is_ready (&reactor, &timer->source);
  assert_int_equal (reactor_ready_count (&reactor), 0);
  source_set_interest (&reactor, &timer->source, INTEREST_READ);
  assert_int_equal (reactor_ready_count (&reactor), 1);
  source_set_interest (&reactor, &timer->source, INTEREST_READ);
  assert_int_equal (reactor_ready_count (&reactor), 1);
  source_set_interest (&reactor, &timer->source, 0);
  assert_int_equal (reactor_ready_count (&reactor), 0);
  close_source (timer);
  (void) state;
}

static void
settling_keeps_what_is_ready (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  put_byte (input);
  put_byte (input);
  RUN_UNTIL (is_ready (&descriptor->source));
  get_byte (descriptor);
  source_settle (&descriptor->source);
  assert_true (is_ready (&descriptor->source));
  get_byte (descriptor);
  source_settle (&descriptor->source);
  assert_false (is_ready (&descriptor->source));
  source_settle (&descriptor->source);
  put_byte (input);
  RUN_UNTIL (is_ready (&descriptor->source));
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
a_descriptor_can_be_watched_for_writing (void **state)
{
  struct descriptor *descriptor;
  char page[4096] = { 0 };
  int ends[2];

  assert_int_equal (pipe (ends), 0);
  assert_int_equal (descriptor_new (&reactor, ends[1], &descriptor), 0);
  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  assert_false (is_ready (&descriptor->source));
  source_set_interest (&reactor, &descriptor->source, INTEREST_WRITE);
  assert_true (is_ready (&descriptor->source));
  fcntl (ends[1], F_SETFL, O_NONBLOCK);
  while (write (ends[1], page, sizeof page) > 0)
    continue;
  source_settle (&descriptor->source);
  assert_false (is_ready (&descriptor->source));
  while (!source_ready (&descriptor->source, INTEREST_WRITE))
    assert_int_equal (read (ends[0], page, sizeof page), sizeof page);
  RUN_UNTIL (is_ready (&descriptor->source));
  close_source (descriptor);
  close (ends[0]);
  (void) state;
}

static void
a_handler_that_escapes_leaves_its_source_queued (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  uint8_t byte;

  watch (stream, INTEREST_READ);
  peer_send (peer, "abc");
  RUN_UNTIL (buffer_size (&stream->input) == 3);
  for (int i = 0; i < 3; i++)
    {
      /* It takes a byte, and nobody settles the source.  */
      assert_ptr_equal (reactor_next (&reactor), stream);
      assert_int_equal (stream_take (stream, &byte, 1), 1);
      reactor_run (&reactor, 0);
      assert_true (is_ready (&stream->source));
    }
  assert_null (reactor_next (&reactor));        /* it is drained */
  assert_false (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

static void
a_stream_can_be_watched_for_its_output_alone (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  peer_send (peer, "abc");
  RUN_UNTIL (stream_readable (stream));
  print_to (stream, "(a)");
  watch (stream, INTEREST_WRITE);
  assert_false (is_ready (&stream->source));
  reactor_flush (&reactor);
  assert_true (is_ready (&stream->source));
  watch (stream, INTEREST_READ | INTEREST_WRITE);
  assert_true (is_ready (&stream->source));
  close_both (stream, peer);
  (void) state;
}

/* --- Waiting ----------------------------------------------------------- */

static void
a_run_without_timeout_does_not_wait (void **state)
{
  uint64_t start = now_ms ();

  for (int i = 0; i < 1000; i++)
    reactor_run (&reactor, 0);
  assert_true (now_ms () - start < DEADLINE_MS);
  (void) state;
}

static void
a_run_waits_for_its_timeout_and_no_longer (void **state)
{
  wait_for_no_linger ();
  uint64_t start = now_ms ();
  reactor_run (&reactor, 30);
  assert_in_range (now_ms () - start, 29, DEADLINE_MS);
  (void) state;
}

static int unbounded;

static void
see_that_sleep_is_bounded (uv_prepare_t *prepare)
{
  if (uv_backend_timeout (prepare->loop) < 0)
    unbounded++;
}

/* libuv runs what is due before it sleeps, the timer that bounds the sleep
   too if the clock has ticked meanwhile.  */
static void
a_run_is_bounded_whenever_the_clock_ticks (void **state)
{
  uv_prepare_t before_sleep;

  wait_for_no_linger ();
  unbounded = 0;
  uv_prepare_init (&reactor.loop, &before_sleep);
  uv_prepare_start (&before_sleep, see_that_sleep_is_bounded);
  for (uint64_t end = now_ms () + 500; now_ms () < end;)
    {
      uv_async_send (&reactor.wake);    /* let it not sleep really */
      reactor_run (&reactor, 1);
    }
  uv_close ((uv_handle_t *) &before_sleep, NULL);
  reactor_run (&reactor, 0);
  assert_int_equal (unbounded, 0);
  (void) state;
}

static void
a_run_ends_when_something_is_ready (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);
  uint64_t start = now_ms ();

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  put_byte (input);
  while (!is_ready (&descriptor->source))
    reactor_run (&reactor, DEADLINE_MS);
  assert_true (now_ms () - start < DEADLINE_MS);
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
an_idle_reactor_sleeps (void **state)
{
  wait_for_no_linger ();
  RUN_UNTIL (reactor_sleeps ());
  assert_true (reactor_timeout_ms (&reactor) < 0);
  (void) state;
}

static void
draining_sends_what_is_queued (void **state)
{
  int peer, other;
  struct stream *open = stream_with_peer (&peer);
  struct stream *closed = stream_with_peer (&other);

  print_to (open, "(a)");
  print_to (closed, "(bye)");
  source_close (&reactor, &closed->source);
  reactor_drain (&reactor, DEADLINE_MS);
  assert_false (stream_any_unsent (&reactor));
  assert_peer_receives (peer, "(a)");
  assert_peer_receives (other, "(bye)");
  close (other);
  close_both (open, peer);
  (void) state;
}

static void
draining_gives_up_at_its_timeout (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);
  uint8_t *room = buffer_room (&stream->output, 20 * 1024 * 1024);

  assert_non_null (room);
  memset (room, 'x', 20 * 1024 * 1024);
  buffer_grew (&stream->output, 20 * 1024 * 1024);
  assert_int_equal (stream_wrote (stream), 0);
  uint64_t start = now_ms ();
  reactor_drain (&reactor, 100);
  assert_in_range (now_ms () - start, 99, DEADLINE_MS);
  assert_true (stream_any_unsent (&reactor));
  close_both (stream, peer);
  (void) state;
}

/* --- Timers ------------------------------------------------------------ */

static void
a_timer_is_ready_when_its_time_has_passed (void **state)
{
  wait_for_no_linger ();
  uint64_t start = now_ms ();
  struct timer *timer = watched_timer (30);

  assert_false (source_ready (&timer->source, INTEREST_READ));
  assert_in_range (reactor_timeout_ms (&reactor), 0, 30);
  RUN_UNTIL (is_ready (&timer->source));
  assert_in_range (now_ms () - start, 29, DEADLINE_MS);
  assert_true (reactor_timeout_ms (&reactor) < 0);
  source_settle (&timer->source);
  assert_true (is_ready (&timer->source));
  close_source (timer);
  (void) state;
}

static void
timers_fire_in_the_order_of_their_times (void **state)
{
  static const int delays_ms[] = { 200, 50, 100, 150, 0 }, order[] =
    { 4, 1, 2, 3, 0 };
  struct timer *timers[5];

  for (int i = 0; i < 5; i++)
    timers[i] = watched_timer (delays_ms[i]);
  RUN_UNTIL (reactor_ready_count (&reactor) == 5);
  for (int i = 0; i < 5; i++)
    assert_ptr_equal (reactor_next (&reactor), timers[order[i]]);
  for (int i = 0; i < 5; i++)
    close_source (timers[i]);
  (void) state;
}

static void
a_timer_that_is_due_does_not_wait_for_a_sleep_to_end (void **state)
{
  struct timer *timer = watched_timer (0);
  uint64_t start = now_ms ();

  reactor_run (&reactor, DEADLINE_MS);
  assert_true (is_ready (&timer->source));
  assert_true (now_ms () - start < DEADLINE_MS);
  close_source (timer);
  (void) state;
}

static void
a_closed_timer_never_fires (void **state)
{
  struct timer *timer = watched_timer (1), *later = watched_timer (20);

  close_source (timer);
  RUN_UNTIL (later->fired);
  assert_int_equal (reactor_ready_count (&reactor), 1);
  close_source (later);
  (void) state;
}

/* --- Descriptors ------------------------------------------------------- */

static void
a_descriptor_nobody_watches_is_not_polled (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);

  put_byte (input);
  RUN_UNTIL (reactor_sleeps ());
  assert_false (is_ready (&descriptor->source));
  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  assert_true (is_ready (&descriptor->source));
  source_set_interest (&reactor, &descriptor->source, 0);
  assert_false (is_ready (&descriptor->source));
  RUN_UNTIL (reactor_sleeps ());
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
a_descriptor_is_ready_at_its_end (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  close (input);
  RUN_UNTIL (is_ready (&descriptor->source));
  source_settle (&descriptor->source);
  assert_true (is_ready (&descriptor->source));
  close_source (descriptor);
  (void) state;
}

static void
a_paused_descriptor_is_ready_again_by_itself (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);
  uint64_t start = now_ms ();

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  put_byte (input);
  RUN_UNTIL (is_ready (&descriptor->source));
  descriptor_pause (descriptor, 60);
  descriptor_pause (descriptor, 1000000);
  assert_false (is_ready (&descriptor->source));
  source_set_interest (&reactor, &descriptor->source, 0);
  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  assert_false (is_ready (&descriptor->source));
  RUN_UNTIL (is_ready (&descriptor->source));
  assert_in_range (now_ms () - start, 59, DEADLINE_MS);
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
a_paused_descriptor_can_be_closed (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  descriptor_pause (descriptor, 1000000);
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
a_pause_that_is_over_when_its_descriptor_is_closed_is_no_harm (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);
  uint64_t paused_ms = now_ms ();

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  descriptor_pause (descriptor, 1);
  while (now_ms () < paused_ms + 3)
    ;
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
an_error_on_a_descriptor_does_not_end_the_watch (void **state)
{
  struct sockaddr_storage address, nobody;
  struct descriptor *descriptor;
  int taken = bound_socket (SOCK_DGRAM, &nobody);
  int fd = bound_socket (SOCK_DGRAM, &address);
  char byte;

  assert_int_equal (connect (fd, (struct sockaddr *) &nobody,
                             address_length (&nobody)), 0);
  close (taken);
  assert_int_equal (descriptor_new (&reactor, fd, &descriptor), 0);
  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  for (int i = 0; i < 3; i++)
    {
      assert_int_equal (send (fd, "x", 1, 0), 1);
      RUN_UNTIL (is_ready (&descriptor->source));
      assert_int_equal (recv (fd, &byte, 1, MSG_DONTWAIT), -1);
      assert_int_equal (errno, ECONNREFUSED);
      source_settle (&descriptor->source);
      assert_false (is_ready (&descriptor->source));
    }
  close_source (descriptor);
  (void) state;
}

static void
a_shared_descriptor_keeps_its_mode (void **state)
{
  int input;
  struct descriptor *descriptor = descriptor_of_pipe (&input);

  source_set_interest (&reactor, &descriptor->source, INTEREST_READ);
  assert_false (fcntl (descriptor->fd, F_GETFL) & O_NONBLOCK);
  close_source (descriptor);
  close (input);
  (void) state;
}

static void
a_file_cannot_be_watched_and_stays_open (void **state)
{
  struct descriptor *descriptor;
  FILE *file = tmpfile ();

  assert_non_null (file);
  assert_int_equal (descriptor_new (&reactor, fileno (file), &descriptor),
                    -EPERM);
  assert_int_equal (fclose (file), 0);
  (void) state;
}

/* --- Names ------------------------------------------------------------- */

static struct lookup *
look_up (const char *host)
{
  struct lookup *lookup;

  assert_int_equal (lookup_new (&reactor, host, &lookup), 0);
  source_set_interest (&reactor, &lookup->source, INTEREST_READ);
  assert_false (is_ready (&lookup->source));
  RUN_UNTIL (is_ready (&lookup->source));
  assert_true (lookup->done);
  return lookup;
}

static void
localhost_is_an_address_of_this_machine (void **state)
{
  struct lookup *lookup = look_up ("localhost");
  char text[ADDRESS_TEXT_BYTES];

  assert_int_equal (lookup->status, 0);
  assert_non_null (lookup->addresses);
  for (struct addrinfo *one = lookup->addresses; one; one = one->ai_next)
    {
      address_format (one->ai_addr, text);
      assert_true (strcmp (text, "::1") == 0
                   || strncmp (text, "127.", 4) == 0);
    }
  close_source (lookup);
  (void) state;
}

static void
a_numeric_host_is_its_own_address (void **state)
{
  static const char *const hosts[] = { "127.0.0.1", "192.0.2.7", "::1" };

  for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
    {
      struct lookup *lookup = look_up (hosts[i]);
      char text[ADDRESS_TEXT_BYTES];

      assert_int_equal (lookup->status, 0);
      address_format (lookup->addresses->ai_addr, text);
      assert_string_equal (text, hosts[i]);
      close_source (lookup);
    }
  (void) state;
}

static void
an_abandoned_lookup_frees_itself (void **state)
{
  struct lookup *lookup;

  /* More than libuv has threads: some are cancelled, some run on.  */
  for (int i = 0; i < 20; i++)
    {
      assert_int_equal (lookup_new (&reactor, "localhost", &lookup), 0);
      source_set_interest (&reactor, &lookup->source, INTEREST_READ);
      close_source (lookup);
    }
  RUN_UNTIL (reactor.loop.active_reqs.count == 0);
  assert_int_equal (reactor_ready_count (&reactor), 0);
  (void) state;
}

/* --- Orphans ----------------------------------------------------------- */

#define ORPHANS 100

static void
hand_all_back (void *sources)
{
  for (int i = 0; i < ORPHANS; i++)
    reactor_hand_back (&reactor, ((struct source **) sources)[i]);
}

static void
orphans_from_other_threads_are_closed (void **state)
{
  struct source *sources[4][ORPHANS];
  uv_thread_t threads[4];
  int inputs[ORPHANS], peers[ORPHANS];

  for (int i = 0; i < ORPHANS; i++)
    {
      sources[0][i] = &watched_timer (0)->source;
      sources[1][i] = &watched_timer (1000000)->source;
      sources[2][i] = &descriptor_of_pipe (&inputs[i])->source;
      sources[3][i] = &stream_with_peer (&peers[i])->source;
    }
  RUN_UNTIL (reactor_ready_count (&reactor) == ORPHANS);
  for (int i = 0; i < 4; i++)
    uv_thread_create (&threads[i], hand_all_back, sources[i]);
  RUN_UNTIL (reactor_ready_count (&reactor) == 0);
  for (int i = 0; i < 4; i++)
    uv_thread_join (&threads[i]);
  for (int i = 0; i < ORPHANS; i++)
    {
      close (inputs[i]);
      assert_peer_sees_end (peers[i]);
      close (peers[i]);
    }
  (void) state;
}

static void
an_orphan_ends_a_sleep (void **state)
{
  struct timer *timer = watched_timer (1000000);
  int handles = count_handles ();
  uv_thread_t thread;
  struct source *orphans[ORPHANS] = { &timer->source };
  uint64_t start = now_ms ();

  for (int i = 1; i < ORPHANS; i++)
    orphans[i] = &watched_timer (1000000)->source;
  uv_thread_create (&thread, hand_all_back, orphans);
  while (count_handles () >= handles)
    reactor_run (&reactor, 2 * DEADLINE_MS);
  assert_true (now_ms () - start < DEADLINE_MS);
  uv_thread_join (&thread);
  (void) state;
}

static void
an_orphaned_stream_says_its_farewell (void **state)
{
  int peer;
  struct stream *stream = stream_with_peer (&peer);

  print_to (stream, "(bye)");
  reactor_hand_back (&reactor, &stream->source);
  assert_peer_receives (peer, "(bye)");
  assert_peer_sees_end (peer);
  close (peer);
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (sources_are_taken_in_turn),
    CORE_TEST (the_queue_may_change_anywhere),
    CORE_TEST (what_nobody_waits_for_is_never_queued),
    CORE_TEST (settling_keeps_what_is_ready),
    CORE_TEST (a_descriptor_can_be_watched_for_writing),
    CORE_TEST (a_handler_that_escapes_leaves_its_source_queued),
    CORE_TEST (a_stream_can_be_watched_for_its_output_alone),
    CORE_TEST (a_run_without_timeout_does_not_wait),
    CORE_TEST (a_run_waits_for_its_timeout_and_no_longer),
    CORE_TEST (a_run_is_bounded_whenever_the_clock_ticks),
    CORE_TEST (a_run_ends_when_something_is_ready),
    CORE_TEST (an_idle_reactor_sleeps),
    CORE_TEST (draining_sends_what_is_queued),
    CORE_TEST (draining_gives_up_at_its_timeout),
    CORE_TEST (a_timer_is_ready_when_its_time_has_passed),
    CORE_TEST (timers_fire_in_the_order_of_their_times),
    CORE_TEST (a_timer_that_is_due_does_not_wait_for_a_sleep_to_end),
    CORE_TEST (a_closed_timer_never_fires),
    CORE_TEST (a_descriptor_nobody_watches_is_not_polled),
    CORE_TEST (a_descriptor_is_ready_at_its_end),
    CORE_TEST (a_paused_descriptor_is_ready_again_by_itself),
    CORE_TEST (a_paused_descriptor_can_be_closed),
    CORE_TEST (a_pause_that_is_over_when_its_descriptor_is_closed_is_no_harm),
    CORE_TEST (an_error_on_a_descriptor_does_not_end_the_watch),
    CORE_TEST (a_shared_descriptor_keeps_its_mode),
    CORE_TEST (a_file_cannot_be_watched_and_stays_open),
    CORE_TEST (localhost_is_an_address_of_this_machine),
    CORE_TEST (a_numeric_host_is_its_own_address),
    CORE_TEST (an_abandoned_lookup_frees_itself),
    CORE_TEST (orphans_from_other_threads_are_closed),
    CORE_TEST (an_orphan_ends_a_sleep),
    CORE_TEST (an_orphaned_stream_says_its_farewell)
  };

  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
