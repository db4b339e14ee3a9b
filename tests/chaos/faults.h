/* faults.h -- what a seed has in store for a connection

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef CHAOS_FAULTS_H
#define CHAOS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum way
{
  TO_SERVER,
  TO_CLIENT,
  WAYS
};

enum fate
{
  FATE_NONE,
  FATE_CUT,                     /* orderly for the server, even if in the
                                   middle of a request */
  FATE_RESET
};

struct faults
{
  size_t piece;                 /* most bytes at once; 0: any number */
  double delay;                 /* seconds from one piece to the next */
  size_t silent_after;          /* so many bytes of a way have passed; or */
  double silence;               /* 0 seconds: never */
  enum way silent_way;
  enum fate fate;
  enum way fate_way;
  size_t fate_after;
};

/* Draw what is in store for the connection NUMBER.  A fate stands up to
   SPREAD bytes after the beginning; without FATAL there is none.  */
struct faults faults_draw (uint64_t seed, int number, size_t spread,
                           bool fatal);

#endif /* CHAOS_FAULTS_H */
