/* random.h -- numbers that a seed determines

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#ifndef CHAOS_RANDOM_H
#define CHAOS_RANDOM_H

#include <stdint.h>

/* SplitMix64.  */
static inline uint64_t
random_next (uint64_t *state)
{
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* A number from 0 to COUNT - 1.  */
static inline uint64_t
random_below (uint64_t *state, uint64_t count)
{
  return random_next (state) % count;
}

/* True once in COUNT times.  */
static inline int
random_once_in (uint64_t *state, uint64_t count)
{
  return random_below (state, count) == 0;
}

#endif /* CHAOS_RANDOM_H */
