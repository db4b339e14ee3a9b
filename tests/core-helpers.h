/* core-helpers.h -- what the tests of streams, listeners and the reactor share

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   One reactor for each test program, as a process has one.  Nobody sleeps:
   RUN_UNTIL runs it until something holds.  Around each test stands
   CORE_TEST, which sees that no descriptor and no handle of libuv's is left
   behind; what memory is left, AddressSanitizer tells.  The other end of a
   connection, the peer, is a plain socket that never blocks.  */

#ifndef IM_CORE_HELPERS_H
#define IM_CORE_HELPERS_H

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <limits.h>
_Static_assert (MB_LEN_MAX > 1, "our limits.h hides the system's");

#include "address.h"
#include "../src/limits.h"
#include "reactor.h"
#include "stream.h"

/* Long enough for a loaded machine; nothing waits for it to pass.  */
#define DEADLINE_MS 30000

static struct reactor reactor;

static inline uint64_t
now_ms (void)
{
  return uv_hrtime () / 1000000;
}

/* One step as (im reactor) takes it, except for the handlers.  */
static inline void
step (void)
{
  reactor_flush (&reactor);
  reactor_run (&reactor, 1);
}

#define RUN_UNTIL(condition)                            \
  do                                                    \
    {                                                   \
      uint64_t end_ms_ = now_ms () + DEADLINE_MS;       \
      while (!(condition))                              \
        {                                               \
          if (now_ms () > end_ms_)                      \
            fail_msg ("never: %s", #condition);         \
          step ();                                      \
        }                                               \
    }                                                   \
  while (0)

/* Whether nothing wakes the reactor for a while.  A single late return may
   be the doing of a loaded machine.  */
static inline bool
reactor_sleeps (void)
{
  for (int i = 0; i < 3; i++)
    {
      uint64_t start_ms = now_ms ();

      reactor_run (&reactor, 40);
      if (now_ms () - start_ms < 35)
        return false;
    }
  return true;
}

/* --- What a test must not leave ---------------------------------------- */

static inline int
count_descriptors (void)
{
  DIR *directory = opendir ("/proc/self/fd");
  int count = 0;

  assert_non_null (directory);
  while (readdir (directory) != NULL)
    count++;
  closedir (directory);
  return count;
}

static inline void
count_handle (uv_handle_t *handle, void *count)
{
  (void) handle;
  ++*(int *) count;
}

static inline int
count_handles (void)
{
  int count = 0;

  uv_walk (&reactor.loop, count_handle, &count);
  return count;
}

static int descriptors_before, handles_before, ready_before;

static inline int
start_reactor (void **state)
{
  (void) state;
  return reactor_init (&reactor);
}

static inline int
note_what_is_open (void **state)
{
  (void) state;
  descriptors_before = count_descriptors ();
  handles_before = count_handles ();
  ready_before = reactor_ready_count (&reactor);
  return 0;
}

static inline int
see_that_all_is_closed (void **state)
{
  (void) state;
  RUN_UNTIL (reactor.lingering == NULL
             && count_handles () == handles_before);
  assert_int_equal (count_descriptors (), descriptors_before);
  assert_int_equal (reactor_ready_count (&reactor), ready_before);
  assert_null (reactor.unflushed);
  return 0;
}

#define CORE_TEST(name)                                                 \
  cmocka_unit_test_setup_teardown (name, note_what_is_open,             \
                                   see_that_all_is_closed)

/* --- Sockets ----------------------------------------------------------- */

static inline struct sockaddr_storage
loopback (int port)
{
  struct sockaddr_storage address;

  assert_int_equal (address_parse ("127.0.0.1", port, &address), 0);
  return address;
}

/* A socket bound to a port of loopback that the system chose.  */
static inline int
bound_socket (int type, struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);

  assert_true (fd >= 0);
  *address = loopback (0);
  assert_int_equal (bind (fd, (struct sockaddr *) address,
                          address_length (address)), 0);
  assert_int_equal (getsockname (fd, (struct sockaddr *) address, &length),
                    0);
  return fd;
}

/* A peer that connects to ADDRESS.  */
static inline int
peer_connect (const struct sockaddr_storage *address)
{
  int peer = socket (address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  assert_true (peer >= 0);
  assert_int_equal (connect (peer, (const struct sockaddr *) address,
                             address_length (address)), 0);
  assert_int_equal (fcntl (peer, F_SETFL, O_NONBLOCK), 0);
  return peer;
}

/* A stream over TCP and its peer.  */
static inline struct stream *
stream_with_peer (int *peer)
{
  struct sockaddr_storage address;
  struct stream *stream;
  int listener = bound_socket (SOCK_STREAM, &address);

  assert_int_equal (listen (listener, 1), 0);
  *peer = peer_connect (&address);
  int fd = accept (listener, NULL, NULL);
  assert_true (fd >= 0);
  close (listener);
  assert_int_equal (stream_new (&reactor, fd, &stream), 0);
  return stream;
}

/* Wait until the kernel says any of EVENTS, or an error, about FD.  */
static inline void
wait_for (int fd, short events)
{
  struct pollfd poll_fd = { .fd = fd, .events = events };

  assert_int_equal (poll (&poll_fd, 1, DEADLINE_MS), 1);
}

/* Send what is small enough to be taken at once.  */
static inline void
peer_send (int peer, const char *text)
{
  ssize_t size = strlen (text);

  assert_int_equal (send (peer, text, size, MSG_NOSIGNAL), size);
}

/* Close PEER with a reset.  */
static inline void
peer_reset (int peer)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  assert_int_equal (setsockopt (peer, SOL_SOCKET, SO_LINGER, &at_once,
                                sizeof at_once), 0);
  close (peer);
}

/* Whether PEER has received something, if only the end.  */
static inline bool
peer_has_input (int peer)
{
  char byte;

  return recv (peer, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0
         || errno != EAGAIN;
}

/* The next bytes for PEER are those of TEXT.  */
static inline void
assert_peer_receives (int peer, const char *text)
{
  char bytes[1000];
  size_t size = strlen (text);

  assert_true (size <= sizeof bytes);
  for (size_t got = 0; got < size;)
    {
      RUN_UNTIL (peer_has_input (peer));
      ssize_t count = recv (peer, bytes + got, size - got, 0);
      assert_true (count > 0);
      got += count;
    }
  assert_memory_equal (bytes, text, size);
}

/* Nothing more comes to PEER, and not because of a reset.  */
static inline void
assert_peer_sees_end (int peer)
{
  char byte;

  RUN_UNTIL (peer_has_input (peer));
  assert_int_equal (recv (peer, &byte, 1, 0), 0);
}

/* --- Streams ----------------------------------------------------------- */

static inline void
watch (struct stream *stream, int interest)
{
  source_set_interest (&reactor, &stream->source, interest);
}

static inline void
print_to (struct stream *stream, const char *text)
{
  assert_int_equal (buffer_append (&stream->output, text, strlen (text)),
                    0);
  assert_int_equal (stream_wrote (stream), 0);
}

static inline bool
is_ready (const struct source *source)
{
  return source->next != NULL;
}

/* End both sides; nothing is to be learnt any more.  */
static inline void
close_both (struct stream *stream, int peer)
{
  close (peer);
  source_close (&reactor, &stream->source);
}

#endif /* IM_CORE_HELPERS_H */
