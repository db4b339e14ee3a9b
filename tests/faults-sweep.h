/* faults-sweep.h -- one day after another, each with another fault

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A test lives through the same day again and again: with a call that
   fails at its first use, at its second, and so on until the day is over
   before the use that would fail.  */

#ifndef IM_FAULTS_SWEEP_H
#define IM_FAULTS_SWEEP_H

#include "core-helpers.h"
#include "faults.h"

#include <netdb.h>

#define LENGTH(array) (sizeof (array) / sizeof (array)[0])

/* A way to fail, and what it may cost.  */
struct fault
{
  enum fault_call call;
  int errors[9];
  int lost;                     /* connections, at most, see below */
  int own;                      /* the one we made, where there is one */
};

/* What is being tried, for who reads of a failure.  */
static char trial[120];

#define EXPECT(condition)                                       \
  do                                                            \
    if (!(condition))                                           \
      fail_msg ("%s: not so: %s", trial, #condition);           \
  while (0)

/* Calls of a peer don't fail.  */
#define PEER_DOES(statement)                    \
  do                                            \
    {                                           \
      faults_pause ();                          \
      statement;                                \
      faults_resume ();                         \
    }                                           \
  while (0)

static inline void
name_trial (const struct fault *fault, int error,
            enum fault_duration duration, unsigned nth)
{
  static const char *const durations[]
    = { "once", "20 times", "for half a second", "for ever" };

  snprintf (trial, sizeof trial, "%s fails with %s at use %u, %s",
            fault_call_names[fault->call],
            error == SHORT ? "one byte" : fault->call == GETADDRINFO
            ? gai_strerror (-error) : strerror (error),
            nth, durations[duration]);
}

/* What lasts for a while may meet each of them, but if it costs none once,
   it never does.  */
static inline bool
too_many_lost (int lost, const struct fault *fault,
               enum fault_duration duration)
{
  return lost > fault->lost && (duration == ONCE || fault->lost == 0);
}

/* Live through a day with a fault, and see what it cost.  Return whether it
   happened at all.  */
typedef bool day_with_fault (const struct fault *fault, int error,
                             enum fault_duration duration, unsigned nth);

static inline void
sweep (day_with_fault *live_with, const struct fault *faults, size_t count,
       const enum fault_duration *durations, size_t duration_count)
{
  unsigned trials = 0;

  for (size_t i = 0; i < count; i++)
    for (const int *error = faults[i].errors; *error != 0; error++)
      for (size_t j = 0; j < duration_count; j++)
        for (unsigned nth = 1;
             live_with (&faults[i], *error, durations[j], nth); nth++)
          trials++;
  print_message ("%u faults\n", trials);
}

static inline void
close_source (void *variable)
{
  struct source **source = variable;

  if (*source != NULL)
    source_close (&reactor, *source);
  *source = NULL;
}

#endif /* IM_FAULTS_SWEEP_H */
