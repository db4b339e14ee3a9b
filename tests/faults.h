/* faults.h -- system calls and allocations that fail on demand

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   The program that links faults.c has every call of the table below, the
   core's and libuv's, under its control: one of them can be told to fail
   at its Nth use.  Time is its own as well: where libuv would sleep and
   nothing comes, the clock is put forward instead, so a deadline of
   seconds costs nothing.  */

#ifndef IM_FAULTS_H
#define IM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_call
{
  ACCEPT, BIND, CLOSE, CONNECT, EPOLL_ADD, EPOLL_WAIT, FCNTL, GETADDRINFO,
  GETPEERNAME, GETRLIMIT, GETSOCKNAME, GETSOCKOPT, LISTEN, NONBLOCK, POLL,
  RECV, RECVMSG, SEND, SENDTO, SETSOCKOPT, SHUTDOWN, SOCKET, WAKE_READ,
  WAKE_WRITE,
  EPOLL_CREATE, EVENTFD, PIPE, GETIFADDRS,
  MALLOC, CALLOC, REALLOC,      /* ours */
  UV_MALLOC, UV_CALLOC,         /* libuv's */
  MEMORY,                       /* any of these five */
  CALLS                         /* none of these */
};

extern const char *const fault_call_names[CALLS + 1];

/* How long a call goes on failing.  */
enum fault_duration
{
  ONCE,
  BURST,                        /* 20 uses: what no system does for ever */
  A_WHILE,                      /* half a second */
  FOR_EVER
};

/* In place of an error: the call does its work, but on one byte only.  */
#define SHORT (-1)

/* Until faults_end, CALL fails with ERROR from its use number NTH on
   (1: the first).  */
void faults_begin (enum fault_call call, int error,
                   enum fault_duration duration, unsigned nth);

/* Return whether the fault has happened.  */
bool faults_end (void);

/* What a peer does, whose calls never fail, stands between these.  */
void faults_pause (void);
void faults_resume (void);

/* Blocks of memory that the core and libuv hold.  */
int faults_blocks (void);

/* How often libuv has looked for events since faults_begin.  */
unsigned faults_turns (void);

/* Whether a sleep puts the clock forward.  */
extern bool faults_skip_sleep;

/* Route libuv's allocations through here.  Before its first use.  */
void faults_init (void);

#endif /* IM_FAULTS_H */
