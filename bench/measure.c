/* measure.c -- what a server costs, and how long a message takes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Processor time is that of all threads of the server, user and kernel, in
   nanoseconds, from the kernel's clock of that process.  Memory is what
   smaps_rollup calls Private_Dirty: pages that this process alone has, and
   has written to.  Memory of the kernel, such as socket buffers, isn't in
   it.  */

#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pid_t server;
static clockid_t server_clock;
static uint32_t *latencies;             /* ns */
static size_t latency_count, latency_limit;

static uint64_t
read_clock (clockid_t clock)
{
  struct timespec time;

  if (clock_gettime (clock, &time) < 0)
    {
      perror ("load: clock of the server");
      exit (1);
    }
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

uint64_t
now_ns (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

void
measure_process (pid_t pid)
{
  server = pid;
  if (clock_getcpuclockid (pid, &server_clock) != 0)
    {
      fprintf (stderr, "load: there is no process %d\n", (int) pid);
      exit (1);
    }
}

uint64_t
server_cpu_ns (void)
{
  return server == 0 ? 0 : read_clock (server_clock);
}

struct memory
server_memory (void)
{
  struct memory memory = { 0, 0 };
  char line[256];
  FILE *file;

  snprintf (line, sizeof line, "/proc/%d/smaps_rollup", (int) server);
  if (server == 0 || (file = fopen (line, "r")) == NULL)
    return memory;
  while (fgets (line, sizeof line, file) != NULL)
    {
      sscanf (line, "Private_Dirty: %ld", &memory.private_dirty);
      sscanf (line, "Pss: %ld", &memory.pss);
    }
  fclose (file);
  return memory;
}

/* --- Latencies -------------------------------------------------------- */

void
latency_room (size_t count)
{
  latencies = malloc (count * sizeof *latencies);
  if (latencies == NULL)
    {
      fprintf (stderr, "load: not enough memory\n");
      exit (1);
    }
  memset (latencies, 0, count * sizeof *latencies);     /* no faults later */
  latency_limit = count;
}

void
latency_note (uint64_t ns)
{
  if (latency_count < latency_limit)
    latencies[latency_count++] = ns < UINT32_MAX ? ns : UINT32_MAX;
}

static int
compare (const void *one, const void *other)
{
  uint32_t a = *(const uint32_t *) one, b = *(const uint32_t *) other;

  return (a > b) - (a < b);
}

double
latency_percentile_us (double percent)
{
  if (latency_count == 0)
    return 0;
  qsort (latencies, latency_count, sizeof *latencies, compare);
  return latencies[(size_t) ((latency_count - 1) * percent / 100)] / 1e3;
}
