/* test-listener.c -- a listener accepts whoever waits, as soon as it can

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "core-helpers.h"

#include "listener.h"

#include <sys/resource.h>

/* A watched listener on a port of HOST that the system chooses, and its
   address.  */
static struct descriptor *
listen_on (const char *host, struct sockaddr_storage *address)
{
  struct descriptor *listener;

  assert_int_equal (address_parse (host, 0, address), 0);
  assert_int_equal (listener_open (&reactor, address, IM_BACKLOG,
                                   &listener), 0);
  assert_int_equal (listener_address (listener, address), 0);
  assert_in_range (address_port ((struct sockaddr *) address), 1, 65535);
  source_set_interest (&reactor, &listener->source, INTEREST_READ);
  return listener;
}

static struct stream *
accept_one (struct descriptor *listener)
{
  struct stream *stream;

  RUN_UNTIL (is_ready (&listener->source));
  assert_int_equal (listener_accept (listener, &stream), 0);
  source_settle (&listener->source);
  return stream;
}

static void
close_listener (struct descriptor *listener)
{
  source_close (&reactor, &listener->source);
}

static void
who_waits_is_accepted (void **state)
{
  struct sockaddr_storage address, ours, theirs;
  socklen_t length = sizeof theirs;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);

  assert_false (is_ready (&listener->source));
  int peer = peer_connect (&address);
  struct stream *stream = accept_one (listener);

  assert_int_equal (getsockname (peer, (struct sockaddr *) &theirs,
                                 &length), 0);
  assert_int_equal (stream_address (stream, true, &ours), 0);
  assert_memory_equal (&ours, &theirs, address_length (&ours));
  assert_int_equal (stream_address (stream, false, &ours), 0);
  assert_memory_equal (&ours, &address, address_length (&ours));
  print_to (stream, "(welcome)");
  assert_peer_receives (peer, "(welcome)");
  close_both (stream, peer);
  close_listener (listener);
  (void) state;
}

static void
what_is_accepted_reads_the_requests_of_a_server (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  int peer = peer_connect (&address);
  struct stream *stream = accept_one (listener);

  assert_int_equal (stream->request_limit, IM_SERVER_REQUEST_BYTES);
  close_both (stream, peer);
  close_listener (listener);
  (void) state;
}

static void
when_nobody_waits_accepting_says_so (void **state)
{
  struct sockaddr_storage address;
  struct stream *stream;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);

  for (int i = 0; i < 3; i++)
    assert_int_equal (listener_accept (listener, &stream), -EAGAIN);
  int peer = peer_connect (&address);
  close_both (accept_one (listener), peer);
  assert_int_equal (listener_accept (listener, &stream), -EAGAIN);
  assert_false (is_ready (&listener->source));
  close_listener (listener);
  (void) state;
}

static void
many_who_come_at_once_are_accepted_in_order (void **state)
{
  enum { MANY = 100 };
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  int peers[MANY];
  char name[20];

  for (int i = 0; i < MANY; i++)
    {
      peers[i] = peer_connect (&address);
      snprintf (name, sizeof name, "(%d)", i);
      peer_send (peers[i], name);
    }
  for (int i = 0; i < MANY; i++)
    {
      struct stream *stream = accept_one (listener);

      RUN_UNTIL (stream_readable (stream));
      snprintf (name, sizeof name, "(%d)", i);
      assert_memory_equal (buffer_bytes (&stream->input), name,
                           strlen (name));
      close_both (stream, peers[i]);
    }
  close_listener (listener);
  (void) state;
}

static void
no_descriptor_is_inherited_by_programs (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  int peer = peer_connect (&address);
  struct stream *accepted = accept_one (listener), *connected;

  assert_int_equal (stream_connect (&reactor, &address, &connected), 0);
  assert_true (fcntl (listener->fd, F_GETFD) & FD_CLOEXEC);
  assert_true (fcntl (accepted->fd, F_GETFD) & FD_CLOEXEC);
  assert_true (fcntl (connected->fd, F_GETFD) & FD_CLOEXEC);
  assert_true (fcntl (listener->fd, F_GETFL) & O_NONBLOCK);
  assert_true (fcntl (accepted->fd, F_GETFL) & O_NONBLOCK);
  assert_true (fcntl (connected->fd, F_GETFL) & O_NONBLOCK);
  source_close (&reactor, &connected->source);
  close_both (accepted, peer);
  close_listener (listener);
  (void) state;
}

static void
both_families_reach_the_unspecified_address (void **state)
{
  struct sockaddr_storage address, peer_address;
  struct descriptor *listener;
  char text[ADDRESS_TEXT_BYTES];

  assert_int_equal (address_parse ("::", 0, &address), 0);
  if (listener_open (&reactor, &address, 1, &listener) < 0)
    skip ();                    /* no IPv6 here */
  assert_int_equal (listener_address (listener, &address), 0);
  source_set_interest (&reactor, &listener->source, INTEREST_READ);
  address = loopback (address_port ((struct sockaddr *) &address));
  int peer = peer_connect (&address);
  struct stream *stream = accept_one (listener);
  assert_int_equal (stream_address (stream, true, &peer_address), 0);
  address_format ((struct sockaddr *) &peer_address, text);
  assert_string_equal (text, "127.0.0.1");
  close_both (stream, peer);
  close_listener (listener);
  (void) state;
}

/* --- Ports ------------------------------------------------------------- */

static void
a_port_that_is_taken_is_refused (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address), *second;

  assert_int_equal (listener_open (&reactor, &address, 1, &second),
                    -EADDRINUSE);
  close_listener (listener);
  (void) state;
}

static void
an_address_of_another_machine_is_refused (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener;

  assert_int_equal (address_parse ("192.0.2.1", 0, &address), 0);
  assert_int_equal (listener_open (&reactor, &address, 1, &listener),
                    -EADDRNOTAVAIL);
  (void) state;
}

static void
a_closed_listener_frees_its_port_at_once (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  int peer = peer_connect (&address);
  struct stream *stream = accept_one (listener), *refused;

  /* The connection lives on, and libuv doesn't run.  */
  close_listener (listener);
  assert_int_equal (stream_connect (&reactor, &address, &refused), 0);
  RUN_UNTIL (!refused->connecting);
  assert_int_equal (refused->error, -ECONNREFUSED);
  source_close (&reactor, &refused->source);
  for (int i = 0; i < 10; i++)
    {
      assert_int_equal (listener_open (&reactor, &address, 1, &listener),
                        0);
      close_listener (listener);
    }
  peer_send (peer, "(a)");
  RUN_UNTIL (stream_readable (stream));
  close_both (stream, peer);
  (void) state;
}

static void
a_port_can_be_used_again_right_after_its_connections (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  int peer = peer_connect (&address);
  struct stream *stream = accept_one (listener);

  /* We end it first: the kernel remembers the connection for a minute.  */
  source_close (&reactor, &stream->source);
  assert_peer_sees_end (peer);
  close (peer);
  RUN_UNTIL (reactor.lingering == NULL);
  close_listener (listener);
  assert_int_equal (listener_open (&reactor, &address, 1, &listener), 0);
  close_listener (listener);
  (void) state;
}

/* --- Faults ------------------------------------------------------------ */

static void
who_gave_up_waiting_stops_nobody (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  struct stream *stream = NULL;
  int peer;

  peer_reset (peer_connect (&address));
  peer = peer_connect (&address);
  peer_send (peer, "(a)");
  do
    {
      stream = accept_one (listener);
      RUN_UNTIL (stream_readable (stream));
      if (stream->error != 0)
        source_close (&reactor, &stream->source);
    }
  while (stream->error != 0);
  assert_memory_equal (buffer_bytes (&stream->input), "(a)", 3);
  close_both (stream, peer);
  close_listener (listener);
  (void) state;
}

/* Valgrind has the kernel accept whom it refuses us, and cuts them.  */
static bool
limits_are_the_kernels (void)
{
  return getenv ("UNDER_VALGRIND") == NULL;
}

/* Allow this process COUNT more descriptors.  Return the former limit.  */
static rlim_t
limit_descriptors (int count)
{
  struct rlimit limit;
  int free_fds[8], highest = -1;

  assert_int_equal (getrlimit (RLIMIT_NOFILE, &limit), 0);
  rlim_t former = limit.rlim_cur;
  for (int i = 0; i <= count; i++)
    {
      free_fds[i] = fcntl (0, F_DUPFD, 0);
      assert_true (free_fds[i] >= 0);
      highest = free_fds[i];
    }
  for (int i = 0; i <= count; i++)
    close (free_fds[i]);
  limit.rlim_cur = highest;
  assert_int_equal (setrlimit (RLIMIT_NOFILE, &limit), 0);
  return former;
}

static void
allow_descriptors (rlim_t count)
{
  struct rlimit limit;

  assert_int_equal (getrlimit (RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = count;
  assert_int_equal (setrlimit (RLIMIT_NOFILE, &limit), 0);
}

static void
when_all_places_are_taken_who_comes_waits (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  struct limit_row *places = &limits[LIMIT_CONNECTIONS];
  uint32_t usual = places->value;
  struct stream *none;
  int first = peer_connect (&address), second = peer_connect (&address);

  places->value = reactor.streams + 1;
  struct stream *stream = accept_one (listener);
  RUN_UNTIL (is_ready (&listener->source));
  assert_int_equal (listener_accept (listener, &none), -EMFILE);
  assert_false (is_ready (&listener->source));
  peer_reset (first);
  RUN_UNTIL (stream->error != 0);
  source_close (&reactor, &stream->source);
  stream = accept_one (listener);
  places->value = usual;
  close_both (stream, second);
  close_listener (listener);
  (void) state;
}

static void
without_descriptors_accepting_pauses_and_resumes_by_itself (void **state)
{
  enum { WAITING = 6, FREE = 2 };
  struct sockaddr_storage address;

  if (!limits_are_the_kernels ())
    skip ();
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  struct stream *streams[WAITING], *none;
  int peers[WAITING];

  for (int i = 0; i < WAITING; i++)
    peers[i] = peer_connect (&address);
  rlim_t former = limit_descriptors (FREE);
  for (int i = 0; i < FREE; i++)
    streams[i] = accept_one (listener);
  for (int i = FREE; i < WAITING; i++)
    {
      RUN_UNTIL (is_ready (&listener->source));
      assert_int_equal (listener_accept (listener, &none), -EMFILE);
      assert_false (is_ready (&listener->source));
      /* Who hangs up makes room for the next.  */
      shutdown (peers[i - FREE], SHUT_WR);
      source_close (&reactor, &streams[i - FREE]->source);
      streams[i] = accept_one (listener);
    }
  allow_descriptors (former);
  for (int i = 0; i < WAITING; i++)
    if (i < WAITING - FREE)
      close (peers[i]);
    else
      {
        print_to (streams[i], "(welcome)");
        assert_peer_receives (peers[i], "(welcome)");
        close_both (streams[i], peers[i]);
      }
  close_listener (listener);
  (void) state;
}

static void
while_it_pauses_a_listener_wakes_nobody (void **state)
{
  struct sockaddr_storage address;

  if (!limits_are_the_kernels ())
    skip ();
  struct descriptor *listener = listen_on ("127.0.0.1", &address);
  struct stream *none;
  int peer = peer_connect (&address), tries = 0;
  rlim_t former = limit_descriptors (0);
  uint64_t end = now_ms () + 5 * IM_ACCEPT_PAUSE_MS;

  while (now_ms () < end)
    {
      if (is_ready (&listener->source))
        {
          assert_int_equal (listener_accept (listener, &none), -EMFILE);
          tries++;
        }
      step ();
    }
  assert_in_range (tries, 1, 6);
  allow_descriptors (former);
  close_both (accept_one (listener), peer);
  close_listener (listener);
  (void) state;
}

static void
a_thousand_connections_leave_nothing (void **state)
{
  struct sockaddr_storage address;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);

  for (int i = 0; i < 1000; i++)
    {
      int peer = peer_connect (&address);
      struct stream *stream = accept_one (listener);

      watch (stream, INTEREST_READ);
      peer_send (peer, "(a)(b");
      RUN_UNTIL (is_ready (&stream->source));
      print_to (stream, "(welcome)");
      if (i % 3 == 0)
        peer_reset (peer);
      else if (i % 3 == 1)
        close (peer);
      source_close (&reactor, &stream->source);
      if (i % 3 == 2)
        close (peer);
    }
  close_listener (listener);
  (void) state;
}

static void
a_thousand_open_at_once_leave_nothing (void **state)
{
  enum { MANY = 1000 };
  static struct stream *streams[MANY];
  static int peers[MANY];
  struct sockaddr_storage address;
  struct rlimit limit;
  struct descriptor *listener = listen_on ("127.0.0.1", &address);

  assert_int_equal (getrlimit (RLIMIT_NOFILE, &limit), 0);
  rlim_t former = limit.rlim_cur;
  if (limit.rlim_max < 2 * MANY + 100)
    {
      close_listener (listener);
      skip ();
    }
  allow_descriptors (limit.rlim_max);
  for (int i = 0; i < MANY; i++)
    {
      peers[i] = peer_connect (&address);
      streams[i] = accept_one (listener);
    }
  for (int i = 0; i < MANY; i++)
    print_to (streams[i], "(a)");
  reactor_flush (&reactor);
  for (int i = 0; i < MANY; i++)
    {
      assert_peer_receives (peers[i], "(a)");
      close_both (streams[i], peers[i]);
    }
  RUN_UNTIL (reactor.lingering == NULL);
  allow_descriptors (former);
  close_listener (listener);
  (void) state;
}

static void
a_thousand_listeners_leave_nothing (void **state)
{
  struct sockaddr_storage address;

  for (int i = 0; i < 1000; i++)
    {
      struct descriptor *listener = listen_on ("127.0.0.1", &address);

      if (i % 2 == 0)
        close (peer_connect (&address));        /* never accepted */
      close_listener (listener);
    }
  (void) state;
}

int
main (void)
{
  const struct CMUnitTest tests[] =
  {
    CORE_TEST (who_waits_is_accepted),
    CORE_TEST (what_is_accepted_reads_the_requests_of_a_server),
    CORE_TEST (when_nobody_waits_accepting_says_so),
    CORE_TEST (many_who_come_at_once_are_accepted_in_order),
    CORE_TEST (no_descriptor_is_inherited_by_programs),
    CORE_TEST (both_families_reach_the_unspecified_address),
    CORE_TEST (a_port_that_is_taken_is_refused),
    CORE_TEST (an_address_of_another_machine_is_refused),
    CORE_TEST (a_closed_listener_frees_its_port_at_once),
    CORE_TEST (a_port_can_be_used_again_right_after_its_connections),
    CORE_TEST (who_gave_up_waiting_stops_nobody),
    CORE_TEST (when_all_places_are_taken_who_comes_waits),
    CORE_TEST (without_descriptors_accepting_pauses_and_resumes_by_itself),
    CORE_TEST (while_it_pauses_a_listener_wakes_nobody),
    CORE_TEST (a_thousand_connections_leave_nothing),
    CORE_TEST (a_thousand_open_at_once_leave_nothing),
    CORE_TEST (a_thousand_listeners_leave_nothing)
  };

  return cmocka_run_group_tests (tests, start_reactor, NULL);
}
