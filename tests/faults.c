/* faults.c -- system calls and allocations that fail on demand

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The linker finds our definitions of the system calls before libc's, for
   the core and for libuv.  It can't be done so with malloc, which
   sanitizers define: the core's is wrapped by the linker (--wrap), libuv's
   is replaced by its own means.  */

#define _GNU_SOURCE             /* RTLD_NEXT */

#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define BURST_USES 20
#define WHILE_NS (500 * 1000000ull)

const char *const fault_call_names[CALLS + 1] =
{
  "accept4", "bind", "close", "connect", "epoll_ctl", "epoll_wait", "fcntl",
  "getaddrinfo", "getpeername", "getrlimit", "getsockname", "getsockopt",
  "listen", "ioctl", "poll", "recv", "recvmsg", "send", "sendto", "setsockopt",
  "shutdown", "socket", "read", "write", "epoll_create1", "eventfd",
  "pipe2", "getifaddrs", "malloc", "calloc", "realloc", "libuv's malloc",
  "libuv's calloc", "any allocation", "nothing"
};

bool faults_skip_sleep;

/* libuv's threads call as well.  */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool active, paused, happened;
static enum fault_call call_that_fails;
static int error_to_give;
static enum fault_duration how_long;
static unsigned uses, first_failing, turns;
static uint64_t end_ns;
static uint64_t skipped_ns;
static int blocks;

/* The definition behind ours, looked up once.  */
#define REAL(name)                                                      \
  static __typeof__ (name) *real;                                       \
  if (real == NULL)                                                     \
    real = (__typeof__ (name) *) dlsym (RTLD_NEXT, #name)

static bool
still_fails (void)
{
  switch (how_long)
    {
    case ONCE:
      return uses == first_failing;
    case BURST:
      return uses < first_failing + BURST_USES;
    case A_WHILE:
      return uv_hrtime () < end_ns;
    default:
      return true;
    }
}

static bool
is_meant (enum fault_call call)
{
  return call == call_that_fails
         || (call_that_fails == MEMORY && call >= MALLOC);
}

/* Return the error that this use of CALL shall give, or 0.  */
static int
fault (enum fault_call call)
{
  int error = 0;

  if (!active || paused || !is_meant (call))
    return 0;
  pthread_mutex_lock (&lock);
  if (++uses == first_failing)
    {
      happened = true;
      end_ns = uv_hrtime () + WHILE_NS;
    }
  if (uses >= first_failing && still_fails ())
    error = error_to_give;
  pthread_mutex_unlock (&lock);
  return error;
}

/* Whether this use of CALL fails; errno is set then.  */
static bool
fails (enum fault_call call)
{
  int error = fault (call);

  if (error > 0)
    errno = error;
  return error > 0;
}

void
faults_begin (enum fault_call call, int error, enum fault_duration duration,
              unsigned nth)
{
  call_that_fails = call;
  error_to_give = error;
  how_long = duration;
  first_failing = nth;
  uses = turns = 0;
  happened = paused = false;
  active = true;
}

bool
faults_end (void)
{
  active = false;
  return happened;
}

void
faults_pause (void)
{
  paused = true;
}

void
faults_resume (void)
{
  paused = false;
}

int
faults_blocks (void)
{
  return __atomic_load_n (&blocks, __ATOMIC_SEQ_CST);
}

unsigned
faults_turns (void)
{
  return turns;
}

/* --- Memory ------------------------------------------------------------ */

void *__real_malloc (size_t size);
void *__real_calloc (size_t count, size_t size);
void *__real_realloc (void *block, size_t size);
void __real_free (void *block);
void *__wrap_malloc (size_t size);
void *__wrap_calloc (size_t count, size_t size);
void *__wrap_realloc (void *block, size_t size);
void __wrap_free (void *block);

static void *
counted (void *block)
{
  if (block != NULL)
    __atomic_add_fetch (&blocks, 1, __ATOMIC_SEQ_CST);
  return block;
}

void *
__wrap_malloc (size_t size)
{
  return fails (MALLOC) ? NULL : counted (__real_malloc (size));
}

void *
__wrap_calloc (size_t count, size_t size)
{
  return fails (CALLOC) ? NULL : counted (__real_calloc (count, size));
}

void *
__wrap_realloc (void *block, size_t size)
{
  if (fails (REALLOC))
    return NULL;
  if (block == NULL)
    return counted (__real_malloc (size));
  return __real_realloc (block, size);
}

void
__wrap_free (void *block)
{
  if (block != NULL)
    __atomic_sub_fetch (&blocks, 1, __ATOMIC_SEQ_CST);
  __real_free (block);
}

static void *
uv_malloc (size_t size)
{
  return fails (UV_MALLOC) ? NULL : counted (__real_malloc (size));
}

static void *
uv_calloc (size_t count, size_t size)
{
  return fails (UV_CALLOC) ? NULL : counted (__real_calloc (count, size));
}

/* Never fails: libuv uses it for one thing, and aborts then.  */
static void *
uv_realloc (void *block, size_t size)
{
  if (block == NULL)
    return counted (__real_malloc (size));
  return __real_realloc (block, size);
}

void
faults_init (void)
{
  uv_replace_allocator (uv_malloc, uv_realloc, uv_calloc, __wrap_free);
}

/* --- System calls ------------------------------------------------------ */

#define FAILING(type, call, name, parameters, arguments)                \
  type name parameters                                                  \
  {                                                                     \
    REAL (name);                                                        \
    return fails (call) ? -1 : real arguments;                          \
  }

FAILING (int, ACCEPT, accept4,
         (int fd, struct sockaddr *address, socklen_t *length, int flags),
         (fd, address, length, flags))
FAILING (int, BIND, bind,
         (int fd, const struct sockaddr *address, socklen_t length),
         (fd, address, length))
FAILING (int, GETPEERNAME, getpeername,
         (int fd, struct sockaddr *address, socklen_t *length),
         (fd, address, length))
FAILING (int, GETRLIMIT, getrlimit,
         (__rlimit_resource_t resource, struct rlimit *limit),
         (resource, limit))
FAILING (int, GETSOCKNAME, getsockname,
         (int fd, struct sockaddr *address, socklen_t *length),
         (fd, address, length))
FAILING (int, GETSOCKOPT, getsockopt,
         (int fd, int level, int option, void *value, socklen_t *length),
         (fd, level, option, value, length))
FAILING (int, LISTEN, listen, (int fd, int backlog), (fd, backlog))
FAILING (int, POLL, poll, (struct pollfd *fds, nfds_t count, int timeout),
         (fds, count, timeout))
FAILING (ssize_t, RECVMSG, recvmsg,
         (int fd, struct msghdr *message, int flags), (fd, message, flags))
FAILING (ssize_t, SENDTO, sendto,
         (int fd, const void *bytes, size_t size, int flags,
          const struct sockaddr *address, socklen_t length),
         (fd, bytes, size, flags, address, length))
FAILING (int, SETSOCKOPT, setsockopt,
         (int fd, int level, int option, const void *value,
          socklen_t length),
         (fd, level, option, value, length))
FAILING (int, SHUTDOWN, shutdown, (int fd, int how), (fd, how))
FAILING (int, SOCKET, socket, (int domain, int type, int protocol),
         (domain, type, protocol))
FAILING (int, EPOLL_CREATE, epoll_create1, (int flags), (flags))
FAILING (int, EVENTFD, eventfd, (unsigned value, int flags), (value, flags))
FAILING (int, PIPE, pipe2, (int ends[2], int flags), (ends, flags))
FAILING (int, GETIFADDRS, getifaddrs, (struct ifaddrs **addresses),
         (addresses))

/* The kernel closes the descriptor whatever it says.  */
int
close (int fd)
{
  REAL (close);
  int status = real (fd);

  return fails (CLOSE) ? -1 : status;
}

/* And a connection is made though a signal interrupted who began it.  */
int
connect (int fd, const struct sockaddr *address, socklen_t length)
{
  REAL (connect);
  int error = fault (CONNECT);

  if (error == 0 || error == EINTR)
    {
      int status = real (fd, address, length);
      if (error == 0)
        return status;
    }
  errno = error;
  return -1;
}

int
fcntl (int fd, int command, ...)
{
  REAL (fcntl);
  va_list rest;

  va_start (rest, command);
  long argument = va_arg (rest, long);
  va_end (rest);
  return fails (FCNTL) ? -1 : real (fd, command, argument);
}

int
ioctl (int fd, unsigned long request, ...)
{
  REAL (ioctl);
  va_list rest;

  va_start (rest, request);
  void *argument = va_arg (rest, void *);
  va_end (rest);
  return request == FIONBIO && fails (NONBLOCK)
         ? -1 : real (fd, request, argument);
}

ssize_t
recv (int fd, void *bytes, size_t size, int flags)
{
  REAL (recv);
  int error = fault (RECV);

  if (error > 0)
    {
      errno = error;
      return -1;
    }
  return real (fd, bytes, error == SHORT ? 1 : size, flags);
}

ssize_t
send (int fd, const void *bytes, size_t size, int flags)
{
  REAL (send);
  int error = fault (SEND);

  if (error > 0)
    {
      errno = error;
      return -1;
    }
  return real (fd, bytes, error == SHORT ? 1 : size, flags);
}

/* libuv reads and writes only what wakes its loop.  */
FAILING (ssize_t, WAKE_READ, read, (int fd, void *bytes, size_t size),
         (fd, bytes, size))
FAILING (ssize_t, WAKE_WRITE, write,
         (int fd, const void *bytes, size_t size), (fd, bytes, size))

int
getaddrinfo (const char *host, const char *service,
             const struct addrinfo *hints, struct addrinfo **result)
{
  REAL (getaddrinfo);
  int error = fault (GETADDRINFO);

  /* EAI_... are negative.  */
  return error != 0 ? -error : real (host, service, hints, result);
}

/* What fails is libuv's question whether FD can be polled at all; at the
   other uses it aborts.  */
int
epoll_ctl (int epoll_fd, int operation, int fd, struct epoll_event *event)
{
  REAL (epoll_ctl);
  bool question = operation == EPOLL_CTL_ADD && event->data.fd == -1;

  return question && fails (EPOLL_ADD)
         ? -1 : real (epoll_fd, operation, fd, event);
}

int
epoll_wait (int epoll_fd, struct epoll_event *events, int most,
            int timeout_ms)
{
  REAL (epoll_wait);
  turns++;
  if (fails (EPOLL_WAIT))
    return -1;
  if (!faults_skip_sleep || timeout_ms == 0)
    return real (epoll_fd, events, most, timeout_ms);
  int count = real (epoll_fd, events, most, 0);
  if (count == 0)
    {
      /* What a peer has sent may need a moment of real time.  */
      nanosleep (&(struct timespec) { .tv_nsec = 20000 }, NULL);
      count = real (epoll_fd, events, most, 0);
    }
  if (count == 0)
    skipped_ns += (timeout_ms < 0 ? 1000 : timeout_ms) * 1000000ull;
  return count;
}

int
clock_gettime (clockid_t clock, struct timespec *time)
{
  REAL (clock_gettime);
  int status = real (clock, time);

  if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE)
    {
      uint64_t nanoseconds = time->tv_nsec + skipped_ns;
      time->tv_sec += nanoseconds / 1000000000;
      time->tv_nsec = nanoseconds % 1000000000;
    }
  return status;
}
